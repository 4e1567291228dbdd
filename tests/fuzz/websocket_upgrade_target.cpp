#include <stdexcept>
#include <string>

#include "fuzz/target.hpp"
#include "websocket/frames/negotiation.hpp"

namespace bayeux::fuzz {
namespace {

/// `Name: value` in each line, as a parser of HTTP would hand them over.
HttpRequest request_of(std::string_view block) {
  HttpRequest request;
  request.method = "GET";
  request.target = "/bayeux";
  while (!block.empty()) {
    const auto line = block.substr(0, block.find('\n'));
    block.remove_prefix(std::min(block.size(), line.size() + 1));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      request.method = line;
    } else {
      request.headers.emplace_back(line.substr(0, colon), line.substr(std::min(line.size(), colon + 1)));
    }
  }
  return request;
}

/// A status line, headers of one line each, and an empty line, once.
void check_head(std::string_view head, std::size_t headers) {
  require(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "it is a 101");
  require(head.ends_with("\r\n\r\n"), "it ends with an empty line");
  std::size_t lines = 0;
  for (head.remove_suffix(2); !head.empty(); ++lines) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    require(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "a header is one line");
    require(lines == 0 || line.find(": ") != std::string_view::npos, "a header has a name");
    head.remove_prefix(end + 2);
  }
  require(lines == headers + 1, "there are no headers but those");
}

void check_extensions(const websocket::Upgrade& upgrade) {
  require(upgrade.compression.has_value() == !upgrade.extensions.empty(), "what is agreed is said");
  if (!upgrade.compression) return;
  const int bits = upgrade.compression->server_max_window_bits;
  require(bits >= 9 && bits <= 15, "the window is one that zlib has");
  std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (bits < 15) text += "; server_max_window_bits=" + std::to_string(bits);
  require(upgrade.extensions == text, "the answer is made of what we know");
}

void check_upgrade(const HttpRequest& request, const websocket::Upgrade& upgrade) {
  require(websocket::asks_for_websocket(request), "who is let in has asked");
  require(upgrade.accept.size() == 28, "there is an answer to the key");
  check_extensions(upgrade);
  const auto headers = upgrade.extensions.empty() ? std::size_t{3} : std::size_t{4};
  check_head(websocket::upgrade_head(upgrade, ""), headers);
  // A host that hands on what the peer sent must not be able to do harm.
  for (const auto& [name, value] : request.headers) {
    try {
      const HttpHeader header(name, value);
      check_head(websocket::upgrade_head(upgrade, value, {&header, 1}), headers + (value.empty() ? 1 : 2));
    } catch (const std::invalid_argument&) {
    }
  }
}

}  // namespace
}  // namespace bayeux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  const auto request = fuzz::request_of(fuzz::as_text(data, size));
  const auto upgrade = websocket::negotiate(request, true);
  const auto plain = websocket::negotiate(request, false);
  fuzz::require(upgrade.refusal == plain.refusal, "whether it is refused does not depend on what we can do");
  fuzz::require(!plain.compression, "nothing is agreed that was not wanted");
  const int refusal = upgrade.refusal;
  fuzz::require(refusal == 0 || refusal == 400 || refusal == 405 || refusal == 426, "a refusal is one of those");
  if (refusal == 0) fuzz::check_upgrade(request, upgrade);
  return 0;
}
