#include "tree_reader.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace bayeux::rules {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr const char* too_big = "expected a number that a double can hold";

/// RapidJSON's events, of which only scalars and names say where they end.
class Adapter final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Adapter> {
 public:
  using Size = rapidjson::SizeType;

  Adapter(TreeReader& reader, const rapidjson::MemoryStream& stream) : reader_(reader), stream_(stream) {}

  bool Null() { return reader_.scalar(Type::null, stream_.Tell(), {}); }
  bool Bool(bool) { return reader_.scalar(Type::boolean, stream_.Tell(), {}); }
  bool RawNumber(const char*, Size, bool) { return reader_.scalar(Type::number, stream_.Tell(), {}); }
  bool String(const char* text, Size length, bool) {
    return reader_.scalar(Type::string, stream_.Tell(), {text, length});
  }
  bool Key(const char* text, Size length, bool) { return reader_.key({text, length}, stream_.Tell()); }
  bool StartObject() { return reader_.open(Type::object); }
  bool StartArray() { return reader_.open(Type::array); }
  bool EndObject(Size) { return reader_.close(); }
  bool EndArray(Size) { return reader_.close(); }

 private:
  TreeReader& reader_;
  const rapidjson::MemoryStream& stream_;
};

const char* in_words(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty:
      return "expected an object with the member \"channels\"; there is nothing";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "expected the end of the text: something follows the last bracket";
    case rapidjson::kParseErrorObjectMissName:
      return "expected a name in double quotes";
    case rapidjson::kParseErrorObjectMissColon:
      return "expected a colon behind the name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "expected a comma or a closing }";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "expected a comma or a closing ]";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "expected the closing double quote of a text";
    case rapidjson::kParseErrorStringEscapeInvalid:
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "expected only \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX behind a backslash, and no line break in a "
             "text";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "expected text in UTF-8; this is not";
    case rapidjson::kParseErrorNumberTooBig:
      return too_big;
    case rapidjson::kParseErrorNumberMissFraction:
    case rapidjson::kParseErrorNumberMissExponent:
      return "expected a digit of a number";
    default:
      return "expected a value: an object, an array, a text in double quotes, a number, true, false or null";
  }
}

/// What people write who are used to something that is less strict than JSON.
const char* habit(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "; the text ends here";
  const char found = text[offset];
  if (found == '/' || found == '#') return "; JSON has no comments";
  if (found == '\'') return "; texts stand in double quotes";
  const auto before = text.find_last_not_of(blanks, offset == 0 ? 0 : offset - 1);
  const bool closes = found == '}' || found == ']';
  return closes && before != std::string_view::npos && text[before] == ',' ? "; there is a comma too many before it"
                                                                           : "";
}

}  // namespace

void TreeReader::read() {
  const std::string_view text = document_.text_;
  // Windows editors begin a file with it.
  const std::size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  at_ = mark;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const std::string blanked = std::string(mark, ' ') + std::string(text.substr(mark));
  rapidjson::MemoryStream stream(blanked.data(), blanked.size());
  Adapter adapter(*this, stream);
  rapidjson::Reader reader;
  const auto result = reader.Parse<flags>(stream, adapter);
  if (result.IsError()) refuse(result.Offset(), std::string(in_words(result.Code())) + habit(text, result.Offset()));
  // A NUL byte ends the text for RapidJSON.
  if (stream.Tell() != text.size()) refuse(stream.Tell(), in_words(rapidjson::kParseErrorDocumentRootNotSingular));
}

bool TreeReader::scalar(Type type, std::size_t end, std::string_view text) {
  const std::size_t begin = next_token();
  check(begin, end);
  document_.values_[add(type, begin, end)].text = text;
  at_ = end;
  return true;
}

bool TreeReader::key(std::string_view name, std::size_t end) {
  name_begin_ = next_token();
  check(name_begin_, end);
  name_ = name;
  at_ = end;
  return true;
}

bool TreeReader::open(Type type) {
  const std::size_t begin = next_token();
  if (open_.size() >= max_depth) {
    refuse(begin, "expected at most " + std::to_string(max_depth) + " brackets within each other");
  }
  open_.push_back(add(type, begin, begin + 1));
  at_ = begin + 1;
  return true;
}

bool TreeReader::close() {
  at_ = next_token() + 1;
  const Value& closed = document_.values_[open_.back()];
  document_.values_[open_.back()].end = at_;
  open_.pop_back();
  if (closed.type != Type::object) return true;
  std::unordered_set<std::string_view> names;
  for (const std::size_t number : closed.children) {
    const Value& member = document_.at(number);
    if (!names.insert(member.name).second)
      document_.fail_name(member, "expected each name once; this one was there before");
  }
  return true;
}

/// Where the token begins at which the parser is: behind the last one there are only blanks, commas and colons.
std::size_t TreeReader::next_token() const {
  return document_.text_.find_first_not_of(" \t\r\n,:", at_);
}

std::size_t TreeReader::add(Type type, std::size_t begin, std::size_t end) {
  const std::size_t number = document_.values_.size();
  Value value{type, begin, end, {}, open_.empty() ? 0 : open_.back(), 0, std::move(name_), name_begin_, {}};
  name_.clear();
  document_.values_.push_back(std::move(value));
  if (number != 0) {
    auto& siblings = document_.values_[document_.values_[number].parent].children;
    document_.values_[number].position = siblings.size();
    siblings.push_back(number);
  }
  return number;
}

/// RapidJSON lets some texts pass that are not Unicode, and numbers that no double holds.
void TreeReader::check(std::size_t begin, std::size_t end) const {
  const std::string_view token = std::string_view(document_.text_).substr(begin, end - begin);
  if (Json::parse(token)) return;
  refuse(begin, token.starts_with('"') ? in_words(rapidjson::kParseErrorStringInvalidEncoding) : too_big);
}

void TreeReader::refuse(std::size_t offset, std::string problem) const {
  document_.fail_at(offset, open_.empty() ? std::string() : document_.path(document_.at(open_.back())),
                    std::move(problem));
}

}  // namespace bayeux::rules
