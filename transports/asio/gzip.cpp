#include "gzip.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "request_rules.hpp"

namespace bayeux::http1 {

namespace {

/// Beyond that, a thread of the server would be busy with one response for too long.
constexpr std::size_t too_large = 4 * 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Cuts off and returns what stands before the next `mark`.
std::string_view next(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const std::string_view found = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return trimmed(found);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A weight in thousandths (RFC 9110 section 12.4.2); 0 for what is none.
int weight_of(std::string_view value) {
  if (value.empty() || value.size() > 5 || value[0] < '0' || value[0] > '1') return 0;
  if (value.size() > 1 && value[1] != '.') return 0;
  int thousandths = (value[0] - '0') * 1000;
  for (std::size_t i = 2, unit = 100; i < value.size(); ++i, unit /= 10) {
    if (!is_digit(value[i])) return 0;
    thousandths += (value[i] - '0') * static_cast<int>(unit);
  }
  return thousandths > 1000 ? 0 : thousandths;
}

int weight_of_item(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = next(parameters, ';');
    const std::string_view name = next(parameter, '=');
    if (same_word(name, "q")) return weight_of(trimmed(parameter));
  }
  return 1000;
}

/// The weights of those codings which matter here; less than 0 where one is not listed.
struct Weights {
  int gzip = -1;
  int identity = -1;
  int any = -1;

  void add(std::string_view list) {
    while (!list.empty()) {
      std::string_view item = next(list, ',');
      const std::string_view coding = next(item, ';');
      if (same_word(coding, "gzip") || same_word(coding, "x-gzip")) gzip = std::max(gzip, weight_of_item(item));
      if (same_word(coding, "identity")) identity = weight_of_item(item);
      if (coding == "*") any = weight_of_item(item);
    }
  }
};

std::string_view value(const HttpResponse& response, std::string_view name) {
  const std::string* found = response.headers.find(name);
  return found != nullptr ? std::string_view(*found) : std::string_view();
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && same_word(text.substr(0, word.size()), word);
}

/// Pictures and the like are compressed already.
bool is_text(std::string_view content_type) {
  const std::string_view type = next(content_type, ';');
  if (starts_with_word(type, "text/")) return !same_word(type, "text/event-stream");
  if (type.ends_with("+json") || type.ends_with("+xml")) return true;
  constexpr std::array<std::string_view, 4> others{"application/json", "application/javascript",
                                                   "application/x-javascript", "application/xml"};
  return std::any_of(others.begin(), others.end(), [&](std::string_view other) { return same_word(type, other); });
}

bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (same_word(next(list, ','), word)) return true;
  }
  return false;
}

}  // namespace

bool accepts_gzip(std::span<const Request::Header> headers) {
  Weights weights;
  for (const auto& [name, list] : headers) {
    if (same_word(name, "accept-encoding")) weights.add(list);
  }
  const int gzip = weights.gzip < 0 ? weights.any : weights.gzip;
  return gzip > 0 && gzip >= weights.identity;
}

bool worth_gzip(const HttpResponse& response, std::size_t above) {
  return above > 0 && response.status == 200 && response.body.size() > above && response.body.size() <= too_large &&
         is_text(value(response, "content-type")) && value(response, "content-encoding").empty() &&
         value(response, "content-range").empty();
}

bool gzip(HttpResponse& response) {
  auto smaller = gzipped(response.body);
  if (!smaller || smaller->size() >= response.body.size()) return false;
  response.body = std::move(*smaller);
  response.headers.emplace_back("Content-Encoding", "gzip");
  // The same entity, but not byte for byte (RFC 9110 section 8.8.1).
  const auto etag = value(response, "etag");
  if (etag.starts_with('"')) response.headers.set("etag", "W/" + std::string(etag));
  return true;
}

void vary_by_encoding(HttpResponse& response) {
  const auto vary = value(response, "vary");
  if (lists(vary, "*") || lists(vary, "accept-encoding")) return;
  response.headers.set("Vary", vary.empty() ? "Accept-Encoding" : std::string(vary) + ", Accept-Encoding");
}

}  // namespace bayeux::http1
