#include "response.hpp"

#include <utility>

namespace bayeux::http {

namespace {

std::string_view type_of(Content content) noexcept {
  switch (content) {
    case Content::messages:
      return "application/json;charset=UTF-8";
    case Content::script:
      return "text/javascript;charset=UTF-8";
    case Content::events:
      return "text/event-stream";
    case Content::reason:
      return "text/plain;charset=UTF-8";
    case Content::nothing:
      break;
  }
  return {};
}

}  // namespace

HttpHeaders fields_of(Content content) {
  if (content == Content::nothing) return {{"Cache-Control", "no-store"}};
  HttpHeaders headers{{"Content-Type", std::string(type_of(content))},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"X-Accel-Buffering", "no"}};
  // Where somebody opens the address as a page, the file name keeps the first bytes, which the caller chose, from being
  // taken for those of another type.
  if (content == Content::script) headers.emplace_back("Content-Disposition", "attachment; filename=f.txt");
  return headers;
}

HttpResponse refusal_response(int status, std::string_view reason, HttpHeaders headers) {
  HttpResponse response{status, std::move(headers), std::string(reason) + "\n"};
  if (status == 405) response.headers.emplace_back("Allow", allowed_methods);
  return response;
}

std::string join(const std::vector<Frame>& frames) {
  std::size_t size = 2 + frames.size();
  for (const auto& frame : frames) size += frame.size();
  std::string text;
  text.reserve(size);
  text += '[';
  for (const auto& frame : frames) {
    if (text.size() > 1) text += ',';
    text += frame.text();
  }
  text += ']';
  return text;
}

}  // namespace bayeux::http
