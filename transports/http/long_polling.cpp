#include "long_polling.hpp"

#include <utility>

#include "batch.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

bool is_utf8(std::string_view charset) noexcept {
  if (charset.size() >= 2 && charset.front() == '"' && charset.back() == '"')
    charset = charset.substr(1, charset.size() - 2);
  return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "utf8");
}

bool has_other_charset(std::string_view content_type) noexcept {
  cut(content_type, ';');
  while (!content_type.empty()) {
    auto value = cut(content_type, ';');
    if (equal_ignoring_case(trim(cut(value, '=')), "charset") && !is_utf8(trim(value))) return true;
  }
  return false;
}

bool is_coded(const HttpRequest& request) noexcept {
  const auto coding = trim(request.header("content-encoding"));
  return !coding.empty() && !equal_ignoring_case(coding, "identity");
}

}  // namespace

Outcome<Posted> posted_messages(const HttpRequest& request, std::size_t max_body) {
  if (request.body.size() > max_body) return Refusal{Fault::too_large, 413, "The request is too large"};
  if (is_coded(request)) return Refusal{Fault::wrong_coding, 415, "No content coding is supported"};
  if (has_other_charset(request.header("content-type"))) return Refusal{Fault::wrong_coding, 415, "Only UTF-8 is supported"};
  if (looks_like_json(request.body)) return Posted(request.body);
  auto messages = messages_of_form(request.body);
  if (const auto* refusal = std::get_if<Refusal>(&messages)) return *refusal;
  return Posted(std::move(std::get<std::string>(messages)));
}

}  // namespace bayeux::http
