#include "conformance/transports/http_reply.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace bayeux::test {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// Takes a chunked body apart, and gives how many bytes it had; nothing when it is not all there.
std::optional<std::size_t> read_chunks(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  for (;;) {
    const auto end = bytes.find(line_end, at);
    if (end == std::string_view::npos) return std::nullopt;
    const auto size = std::strtoul(std::string(bytes.substr(at, end - at)).c_str(), nullptr, 16);
    at = end + line_end.size();
    if (bytes.size() < at + size + line_end.size()) return std::nullopt;
    body.append(bytes.substr(at, size));
    at += size + line_end.size();
    if (size == 0) return at;
  }
}

/// The same for a body of known length, which may be none.
std::optional<std::size_t> read_length(std::string_view bytes, const std::string& length, std::string& body) {
  const auto size = std::strtoul(length.c_str(), nullptr, 10);
  if (bytes.size() < size) return std::nullopt;
  body = bytes.substr(0, size);
  return size;
}

}  // namespace

std::string HttpReply::header(std::string_view name) const {
  const std::string wanted = "\r\n" + lower(name) + ":";
  const auto found = lower(head).find(wanted);
  if (found == std::string::npos) return {};
  const auto begin = head.find_first_not_of(' ', found + wanted.size());
  return head.substr(begin, head.find(line_end, begin) - begin);
}

std::optional<HttpReply> take_reply(std::string& bytes) {
  constexpr std::string_view blank_line = "\r\n\r\n";
  const auto end = bytes.find(blank_line);
  if (end == std::string::npos) return std::nullopt;
  HttpReply reply;
  reply.head = bytes.substr(0, end + line_end.size());
  const auto space = reply.head.find(' ');
  if (reply.head.starts_with("HTTP/1.1 ")) reply.status = std::atoi(reply.head.c_str() + space);
  const auto rest = std::string_view(bytes).substr(end + blank_line.size());
  const bool chunked = lower(reply.header("Transfer-Encoding")) == "chunked";
  const auto size =
      chunked ? read_chunks(rest, reply.body) : read_length(rest, reply.header("Content-Length"), reply.body);
  if (!size) return std::nullopt;
  bytes.erase(0, end + blank_line.size() + *size);
  return reply;
}

}  // namespace bayeux::test
