#include "http_response.hpp"

#include <strings.h>

#include <cstdlib>

#include "net.hpp"
#include "substring.hpp"

namespace bayeux::bench {

namespace {

/// Calls `visit` with the value of each header of that name, which is in lower case with a colon behind it.
template <class Visit>
void for_each_header(std::string_view head, std::string_view name, Visit visit) {
  for (auto end = head.find('\n'); end != std::string_view::npos; end = head.find('\n')) {
    head.remove_prefix(end + 1);
    if (head.size() < name.size() || ::strncasecmp(head.data(), name.data(), name.size()) != 0) continue;
    const auto value = head.find_first_not_of(' ', name.size());
    if (value != std::string_view::npos) visit(head.substr(value, head.find('\r', value) - value));
  }
}

/// Bytes that the chunks take; 0 as long as the last one has not come.
std::size_t join_chunks(std::string_view bytes, std::string& joined) {
  joined.clear();
  for (std::size_t at = 0;;) {
    const auto line = find_in(bytes, "\r\n", at);
    if (line == std::string_view::npos) return 0;
    const std::size_t size = std::strtoul(bytes.data() + at, nullptr, 16);
    const auto end = line + 2 + size + 2;
    if (bytes.size() < end) return 0;
    if (size == 0) return end;
    joined.append(bytes, line + 2, size);
    at = end;
  }
}

}  // namespace

Response response_at(std::string_view bytes, std::string& scratch) {
  Response response;
  const auto end = find_in(bytes, "\r\n\r\n");
  if (end == std::string_view::npos) return response;
  const auto body = end + 4;
  response.head = bytes.substr(0, end + 2);
  response.status = std::atoi(response.head.substr(response.head.find(' ')).data());
  bool known = response.status == 101;
  std::size_t size = 0;
  for_each_header(response.head, "content-length:", [&](std::string_view value) {
    known = true;
    size = std::strtoul(value.data(), nullptr, 10);
  });
  if (known) {
    if (bytes.size() - body < size) return response;
    response.body = bytes.substr(body, size);
    response.size = body + size;
    return response;
  }
  for_each_header(response.head, "transfer-encoding:", [&](std::string_view) { known = true; });
  if (!known) fail("a response that says not where it ends");
  size = join_chunks(bytes.substr(body), scratch);
  response.body = scratch;
  response.size = size == 0 ? 0 : body + size;
  return response;
}

std::string cookies_of(std::string_view head) {
  std::string cookies;
  for_each_header(head, "set-cookie:", [&](std::string_view value) {
    cookies.append(cookies.empty() ? "" : "; ").append(value.substr(0, value.find(';')));
  });
  return cookies;
}

}  // namespace bayeux::bench
