#include <bayeux/error.hpp>

namespace bayeux {
namespace {

const char* text_of(Errc code) noexcept {
  switch (code) {
    case Errc::channel_invalid:
      return "not a valid channel name";
    case Errc::channel_wild:
      return "a channel is needed here, not a pattern of channels";
    case Errc::channel_reserved:
      return "/meta/ and /service/ channels are not open to this operation";
    case Errc::client_unknown:
      return "the client is not there, or no longer";
    case Errc::config_invalid:
      return "the configuration contradicts itself";
    case Errc::json_invalid:
      return "the text is not valid JSON";
    case Errc::messages_invalid:
      return "the JSON is neither a message nor an array of messages";
    case Errc::messages_empty:
      return "the request holds no text at all";
    case Errc::messages_too_many:
      return "the request holds more messages than are allowed";
    case Errc::handshake_not_first:
      return "a handshake came behind other messages of the same request";
    case Errc::message_deleted:
      return "an extension, a filter or a listener dropped the message";
    case Errc::bus_closed:
      return "the bus has been closed";
    case Errc::channel_limit:
      return "there are too many channels";
    case Errc::batch_unknown:
      return "no such batch was sent";
    case Errc::call_answered:
      return "the call was answered before";
    case Errc::links_too_many:
      return "other windows of the browser wait already";
    case Errc::callback_empty:
      return "a listener, filter or extension is empty";
  }
  return "unknown error";
}

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "bayeux"; }
  std::string message(int code) const override { return text_of(static_cast<Errc>(code)); }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

}  // namespace bayeux
