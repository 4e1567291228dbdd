#include "protocol/parser.hpp"

#include <cstdint>
#include <utility>

#include <bayeux/error.hpp>

#include "protocol/message_reader.hpp"
#include "protocol/plain_message.hpp"
#include "protocol/sax.hpp"
#include "protocol/text_repair.hpp"

namespace bayeux::protocol {
namespace {

/// Finds the messages of a request and hands what is inside of them to a MessageReader.
class RequestReader final {
 public:
  RequestReader(MessageReader reader, const Limits& limits, std::vector<Incoming>& messages)
      : reader_(std::move(reader)), max_batch_(limits.max_batch), messages_(messages) {}

  void begin() {
    messages_.clear();
    reader_.restart();
    place_ = Place::outside;
    in_array_ = false;
  }

  bool key(std::string_view name, std::size_t end) {
    reader_.key(name, end);
    return true;
  }

  bool literal(Json value, std::size_t end) {
    if (place_ != Place::message) return stop(Errc::messages_invalid);
    reader_.literal(std::move(value), end);
    return true;
  }

  bool number(std::string_view digits, std::size_t end) {
    if (place_ != Place::message) return stop(Errc::messages_invalid);
    reader_.number(digits, end);
    return true;
  }

  bool string(std::string_view value, std::size_t end) {
    if (place_ != Place::message) return stop(Errc::messages_invalid);
    reader_.string(value, end);
    return true;
  }

  bool open(bool object) {
    if (place_ == Place::message) {
      reader_.open(object);
      return true;
    }
    if (object) return open_message();
    if (place_ == Place::array) return stop(Errc::messages_invalid);
    place_ = Place::array;
    in_array_ = true;
    return true;
  }

  bool close(std::size_t end) {
    if (place_ == Place::message && reader_.nested()) {
      reader_.close(end);
      return true;
    }
    const bool was_message = place_ == Place::message;
    if (was_message) reader_.finish();
    place_ = was_message && in_array_ ? Place::array : Place::outside;
    return true;
  }

  /// Why reading was stopped.
  Errc error() const noexcept { return error_; }

 private:
  enum class Place : std::uint8_t { outside, array, message };

  bool open_message() {
    if (messages_.size() >= max_batch_) return stop(Errc::messages_too_many);
    reader_.begin(messages_.emplace_back());
    place_ = Place::message;
    return true;
  }

  bool stop(Errc error) {
    error_ = error;
    return false;
  }

  MessageReader reader_;
  const std::size_t max_batch_;
  std::vector<Incoming>& messages_;
  Place place_ = Place::outside;
  bool in_array_ = false;
  Errc error_ = Errc::messages_invalid;
};

/// Does for a plain message what read_sax would have done.
void read_plain(const PlainMessage& plain, std::string_view text, const Limits& limits, Incoming& message) {
  const std::vector<std::size_t> broken;
  MessageReader reader(text, broken, limits);
  reader.begin(message);
  for (const auto& [name, value] : plain) {
    constexpr std::size_t quote = 1;
    const auto end = static_cast<std::size_t>(value.data() - text.data()) + value.size() + quote;
    reader.plain(name, value, end);
  }
  reader.finish();
}

}  // namespace

std::error_code parse(std::string_view text, const Limits& limits, std::vector<Incoming>& messages) {
  PlainMessage plain;
  if (limits.max_batch == 0 || !plain.read(text)) return parse_any(text, limits, messages);
  messages.clear();
  read_plain(plain, text, limits, messages.emplace_back());
  return {};
}

std::error_code parse_any(std::string_view text, const Limits& limits, std::vector<Incoming>& messages) {
  messages.clear();
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Errc::messages_empty;
  const auto broken = broken_places(text);
  RequestReader reader(MessageReader(text, broken, limits), limits, messages);
  const SaxEnd end = read_sax(text, broken, reader);
  if (end == SaxEnd::complete) return {};
  messages.clear();
  return end == SaxEnd::stopped ? reader.error() : Errc::json_invalid;
}

}  // namespace bayeux::protocol
