#include "negotiation.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "http/text.hpp"
#include "websocket/frames/compression.hpp"
#include "websocket/frames/extension_offer.hpp"

namespace bayeux::websocket {
namespace {

using http::equal_ignoring_case;

/// The value of a header that must be there once.
std::optional<std::string_view> only_value(const HttpRequest& request, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [its_name, value] : request.headers) {
    if (!equal_ignoring_case(its_name, name)) continue;
    if (found) return std::nullopt;
    found = http::trim(value);
  }
  return found;
}

/// Whether a list, in one header or several of that name, has `token` in it.
bool lists(const HttpRequest& request, std::string_view name, std::string_view token) {
  for (const auto& [its_name, value] : request.headers) {
    if (!equal_ignoring_case(its_name, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      if (equal_ignoring_case(http::trim(http::cut(rest, ',')), token)) return true;
    }
  }
  return false;
}

/// 16 bytes in base64.
bool is_key(std::string_view key) {
  const auto is_digit = [](char c) { return http::is_letter_or_digit(c) || c == '+' || c == '/'; };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.begin() + 22, is_digit);
}

std::string accept_of(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> base64{};
  const int length = EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(size));
  return {base64.begin(), base64.begin() + length};
}

int refusal_of(const HttpRequest& request) {
  if (request.method != "GET") return 405;
  if (!asks_for_websocket(request) || !lists(request, "connection", "upgrade")) return 400;
  const auto version = only_value(request, "sec-websocket-version");
  if (version != "13") return version ? 426 : 400;
  const auto key = only_value(request, "sec-websocket-key");
  return key && is_key(*key) ? 0 : 400;
}

/// The first offer that can be met. False when the list of extensions is none: then the connection must fail (RFC 6455
/// section 9.1).
bool choose(const HttpRequest& request, std::optional<Compression>& chosen) {
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "sec-websocket-extensions")) continue;
    for (ExtensionOffers offers(value); offers.next();) {
      if (!chosen) chosen = offers.compression();
      if (offers.malformed()) return false;
    }
  }
  return true;
}

std::string extensions_of(const Compression& compression) {
  std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  // An offer without a limit stands for 15, and may be answered without one.
  if (compression.server_max_window_bits < 15) {
    text += "; server_max_window_bits=" + std::to_string(compression.server_max_window_bits);
  }
  return text;
}

bool is_one_line(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  if (!http::is_token(name) || !is_one_line(value)) throw std::invalid_argument("a header of an upgrade is none");
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool asks_for_websocket(const HttpRequest& request) {
  return lists(request, "upgrade", "websocket");
}

Upgrade negotiate(const HttpRequest& request, bool compress) {
  Upgrade upgrade;
  upgrade.refusal = refusal_of(request);
  if (upgrade.refusal != 0) return upgrade;
  std::optional<Compression> chosen;
  if (!choose(request, chosen)) {
    upgrade.refusal = 400;
    return upgrade;
  }
  upgrade.accept = accept_of(*only_value(request, "sec-websocket-key"));
  // libcrypto may be set up so that it has no SHA-1.
  if (upgrade.accept.empty()) upgrade.refusal = 500;
  if (chosen && compress && can_compress()) {
    upgrade.compression = chosen;
    upgrade.extensions = extensions_of(*chosen);
  }
  return upgrade;
}

HttpHeader refusal_header(int refusal) {
  if (refusal == 405) return {"Allow", "GET"};
  if (refusal == 426) return {"Sec-WebSocket-Version", "13"};
  return {};
}

std::string upgrade_head(const Upgrade& upgrade, std::string_view protocol, std::span<const HttpHeader> headers) {
  std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  append_header(head, "Sec-WebSocket-Accept", upgrade.accept);
  if (!protocol.empty()) {
    if (!http::is_token(protocol)) throw std::invalid_argument("a subprotocol is no token");
    append_header(head, "Sec-WebSocket-Protocol", protocol);
  }
  if (!upgrade.extensions.empty()) append_header(head, "Sec-WebSocket-Extensions", upgrade.extensions);
  for (const auto& [name, value] : headers) append_header(head, name, value);
  return head.append("\r\n");
}

}  // namespace bayeux::websocket
