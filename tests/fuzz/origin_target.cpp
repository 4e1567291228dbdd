#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/target.hpp"
#include "http/cors.hpp"
#include "http/origin.hpp"
#include "http/page.hpp"
#include "http/visitors.hpp"

namespace bayeux::fuzz {
namespace {

using http::Cors;

std::string small(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check_fields(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) require(is_one_line(name) && is_one_line(value), "no header is injected");
}

void check_spelling(const std::string& normal) {
  if (normal.empty()) return;
  require(http::normal_origin(normal) == normal, "one spelling stays what it is");
  require(small(normal) == normal, "all letters are small");
  if (normal == "null") return;
  const auto mark = normal.find("://");
  require(mark != std::string::npos && mark > 0, "an origin has a scheme");
  const std::string_view scheme = std::string_view(normal).substr(0, mark);
  const std::string_view host = std::string_view(normal).substr(mark + 3);
  require(!host.empty() && host.find_first_of("/?#@\\ \"'<>,;") == std::string_view::npos, "and a host, and no path");
  require(http::is_origin_of(normal, scheme, host), "it is the origin of its own host");
  require(!http::is_origin_of(normal, scheme, std::string(host) + "x"), "and of no other");
}

/// Without a list, who is let in says the host that it came to. Ports that everybody knows need not be said.
void check_own(const HttpRequest& request, std::string_view origin, std::string_view host) {
  const auto is = [&](const std::string& scheme, const std::string& port) {
    const auto short_form = [&](std::string text) {
      if (text.ends_with(port)) text.resize(text.size() - port.size());
      return text;
    };
    return short_form(small(origin)) == scheme + short_form(small(without_blanks(host)));
  };
  const bool own = is("https://", ":443") || (!request.tls && is("http://", ":80"));
  const Cors nobody({}, {});
  require(own || http::Visitors(nobody).let_in(request) == nullptr, "only the host itself is let in");
}

/// Remembers nothing wrong of who came before, and tells each what it may know.
void check_visitors(const Cors& cors, const HttpRequest& request, std::string_view origin) {
  const bool stranger = http::Visitors(cors).let_in(request) == nullptr;
  http::Visitors visitors(cors);
  for (int i = 0; i < 2; ++i) {
    const auto visitor = visitors.let_in(request);
    require((visitor == nullptr) == stranger, "it does not matter who remembers");
    const auto headers = (visitor != nullptr ? visitor : visitors.anybody())->headers(http::Content::messages);
    check_fields(headers);
    const auto* told = headers.find("Access-Control-Allow-Origin");
    require((told != nullptr) == (visitor != nullptr), "who is let in is told so, and nobody else");
    if (told != nullptr) require(*told == origin, "each is told its own");
  }
}

bool lets_in(const Cors& cors, HttpRequest request, std::vector<Request::Header> headers) {
  headers.emplace_back("Host", request.header("Host"));
  request.headers = std::move(headers);
  return http::Visitors(cors).let_in(request) != nullptr;
}

/// Where a browser says it in another way, it is the same page.
void check_page(const Cors& cors, const HttpRequest& request, std::string_view origin, std::string_view other) {
  require(!lets_in(cors, request, {{"Origin", origin}, {"origin", other}}), "who comes from two pages is not let in");
  require(lets_in(cors, request, {}), "who comes from no page is");
  const auto mark = origin.find("://");
  if (mark != origin.npos && origin.find_first_of("/?#", mark + 3) == origin.npos) {
    const auto referer = std::string(without_blanks(origin)) + "/" + std::string(other);
    require(lets_in(cors, request, {{"Referer", referer}}) == lets_in(cors, request, {{"Origin", without_blanks(origin)}}),
            "a page is that of its origin");
  }
  const auto site = without_blanks(other);
  if (site.empty()) return;
  const bool own = site == "same-origin" || site == "none" || cors.lists_any();
  require(lets_in(cors, request, {{"Sec-Fetch-Site", other}, {"Referer", origin}}) == own,
          "what the browser says of the page comes before the page");
  require(http::is_simple_type(other) == http::is_simple_type(std::string(other) + ";charset=x"),
          "parameters make no other type");
}

void check_preflight(const Cors& cors, const HttpRequest& request) {
  HttpHeaders headers;
  cors.add_preflight_fields(headers, request);
  check_fields(headers);
  require(headers.find("Access-Control-Allow-Headers") != nullptr, "a preflight is answered");
}

}  // namespace
}  // namespace bayeux::fuzz

/// Lines: the origin of a request (over TLS when it begins with a blank), its host, the headers that it asks for, and
/// what is listed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  std::string_view input = as_text(data, size);
  HttpRequest request;
  request.tls = input.starts_with(' ');
  if (request.tls) input.remove_prefix(1);
  std::array<std::string_view, 4> lines;
  for (auto& line : lines) {
    // The last may have ends of lines in it: nothing says that a host's stack lets none pass.
    line = &line == &lines.back() ? input : input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
  }
  const auto [origin, host, wanted, listed] = lines;
  request.headers = {{"Origin", origin}, {"Host", host}, {"Access-Control-Request-Headers", wanted}};

  check_spelling(http::normal_origin(origin));
  check_spelling(http::normal_origin(listed));
  check_own(request, origin, host);
  const std::vector<std::string> list{std::string(listed)};
  if (!Cors::is_valid(list, {"*"})) return 0;
  const Cors cors(list, {"*"});
  check_visitors(cors, request, origin);
  check_page(cors, request, origin, wanted);
  check_preflight(cors, request);
  return 0;
}
