#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "request_parser.hpp"

namespace bayeux::fuzz {
namespace {

using http1::ParsedRequest;
using http1::RequestParser;

constexpr std::size_t max_header = 512;
constexpr std::size_t max_fields = 16;
constexpr std::size_t max_body = 64;

void check(const ParsedRequest& request) {
  if (request.refusal != 0) return require(!request.keep_alive, "a refusal is the end of a connection");
  const HttpRequest& http = request.http;
  require(http.body.size() <= max_body, "no body is larger than allowed");
  require(http.target.starts_with('/') || http.target == "*", "a target is a path");
  require(std::all_of(http.target.begin(), http.target.end(), [](char c) { return c > ' ' && c < 0x7f; }),
          "a target is visible ASCII");
  constexpr std::string_view line_ends("\r\n\0", 3);
  for (const auto& [name, value] : http.headers) {
    require(!name.empty(), "a header has a name");
    require(name.find_first_of(line_ends) == name.npos && value.find_first_of(line_ends) == value.npos,
            "a header is one line");
  }
}

std::string summary(const ParsedRequest& request) {
  // A request with two faults may be refused for either, depending on which is seen first.
  if (request.refusal != 0) return "refused";
  std::string all;
  all.append(request.http.method).append(request.http.target).append(request.http.body);
  for (const auto& [name, value] : request.http.headers) all.append(name).append(value);
  return all;
}

/// The requests that a connection makes of these bytes when they come in pieces of that size.
std::vector<std::string> requests(std::string_view bytes, std::size_t piece) {
  std::vector<std::string> all;
  RequestParser parser;
  while (!bytes.empty()) {
    if (!parser) parser = RequestParser({max_header, max_fields, max_body});
    const std::size_t used = parser.feed(bytes.substr(0, piece));
    require(used <= piece, "no more is used than there was");
    bytes.remove_prefix(used);
    if (parser.stage() == RequestParser::Stage::expect) parser.proceed();
    if (parser.stage() != RequestParser::Stage::complete) continue;
    const ParsedRequest& request = parser.request();
    check(request);
    all.push_back(summary(request));
    if (request.refusal != 0) break;
    parser = {};
  }
  return all;
}

}  // namespace
}  // namespace bayeux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux::fuzz;
  const auto bytes = as_text(data, size);
  const auto whole = requests(bytes, bytes.size());
  require(requests(bytes, 1) == whole, "it is the same in pieces of one byte");
  require(requests(bytes, 7) == whole, "it is the same in pieces of seven bytes");
  return 0;
}
