#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "websocket/frames/negotiation.hpp"

namespace bayeux::websocket {

/// Reads one `Sec-WebSocket-Extensions` header, offer by offer (RFC 6455 section 9.1). Keeps no more than one
/// parameter.
class ExtensionOffers final {
 public:
  explicit ExtensionOffers(std::string_view list) : rest_(list) {}

  /// Reads the next offer; false when there is none.
  bool next();

  /// What the offer that was read agrees to; nothing when it is another extension, or one that cannot be met: with a
  /// parameter that is unknown, repeated or has a bad value (RFC 7692 section 7.1).
  const std::optional<Compression>& compression() const noexcept { return compression_; }

  /// True when the text is no list of extensions.
  bool malformed() const noexcept { return malformed_; }

 private:
  struct Seen {
    bool server_takeover = false;
    bool client_takeover = false;
    bool server_bits = false;
    bool client_bits = false;
  };

  void skip_blanks();
  bool skip(char c);
  std::string_view token();
  bool read_offer();
  bool read_parameter(Seen& seen);
  bool read_value(std::optional<std::string>& value);
  bool accept(Seen& seen, std::string_view name, const std::optional<std::string>& value);

  std::string_view rest_;
  std::optional<Compression> compression_;
  bool malformed_ = false;
};

}  // namespace bayeux::websocket
