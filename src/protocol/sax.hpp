#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <bayeux/json.hpp>

#include "protocol/text_repair.hpp"

namespace bayeux::protocol {

/// How reading a text ended.
enum class SaxEnd : std::uint8_t {
  complete,  ///< It is one JSON value.
  stopped,   ///< The handler wanted no more.
  invalid,   ///< It is not JSON.
};

/// Turns RapidJSON's events into ours: fewer, and each with the place in the text where it ends. Numbers are
/// handed on as they stand in the original text; RapidJSON may be looking at a mended one.
template <class Handler>
class SaxAdapter final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, SaxAdapter<Handler>> {
 public:
  using Size = rapidjson::SizeType;

  SaxAdapter(std::string_view original, const rapidjson::MemoryStream& stream, Handler& handler)
      : original_(original), stream_(stream), handler_(handler) {}

  bool Null() { return handler_.literal(Json(), stream_.Tell()); }
  bool Bool(bool value) { return handler_.literal(Json(value), stream_.Tell()); }
  bool RawNumber(const char*, Size length, bool) {
    const std::size_t end = stream_.Tell();
    return handler_.number(original_.substr(end - length, length), end);
  }
  bool String(const char* text, Size length, bool) { return handler_.string({text, length}, stream_.Tell()); }
  bool Key(const char* text, Size length, bool) { return handler_.key({text, length}, stream_.Tell()); }
  bool StartObject() { return handler_.open(true); }
  bool StartArray() { return handler_.open(false); }
  bool EndObject(Size) { return handler_.close(stream_.Tell() + 1); }
  bool EndArray(Size) { return handler_.close(stream_.Tell() + 1); }

 private:
  std::string_view original_;
  const rapidjson::MemoryStream& stream_;
  Handler& handler_;
};

/// Reads `text`, which has the bytes of `original` but for what had to be mended. Iteratively: RapidJSON's own
/// stack of 8 bytes a level is all that nesting costs.
template <class Handler>
rapidjson::ParseErrorCode sax_pass(std::string_view text, std::string_view original, Handler& handler) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  SaxAdapter<Handler> adapter(original, stream, handler);
  rapidjson::Reader reader;
  const auto result = reader.Parse<flags>(stream, adapter);
  if (result.IsError()) return result.Code();
  // A NUL byte ends the text for RapidJSON.
  return stream.Tell() == text.size() ? rapidjson::kParseErrorNone : rapidjson::kParseErrorDocumentRootNotSingular;
}

/// Reads one JSON text; `broken` is what `broken_places` found in it, and strings come mended there.
///
/// `handler.begin()` is called before the first event, and again if reading has to start over, once.
template <class Handler>
SaxEnd read_sax(std::string_view text, const std::vector<std::size_t>& broken, Handler& handler) {
  if (text.size() >= std::numeric_limits<rapidjson::SizeType>::max()) return SaxEnd::invalid;
  std::string mended;
  if (!broken.empty()) {
    mended = text;
    mend(mended, broken);
  }
  handler.begin();
  auto code = sax_pass(broken.empty() ? text : mended, text, handler);
  if (code == rapidjson::kParseErrorNumberTooBig) {
    if (broken.empty()) mended = text;
    shrink_numbers(mended);
    handler.begin();
    code = sax_pass(mended, text, handler);
  }
  if (code == rapidjson::kParseErrorNone) return SaxEnd::complete;
  return code == rapidjson::kParseErrorTermination ? SaxEnd::stopped : SaxEnd::invalid;
}

}  // namespace bayeux::protocol
