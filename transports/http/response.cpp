#include "response.hpp"

#include <utility>

namespace bayeux::http {

HttpResponse empty_response(int status) {
  return {status, {{"Cache-Control", "no-store"}}, {}};
}

HttpResponse refusal_response(const Refusal& refusal) {
  auto response = body_response("text/plain;charset=UTF-8", std::string(refusal.reason) + "\n");
  response.status = refusal.status;
  if (refusal.status == 405) response.headers.emplace_back("Allow", allowed_methods);
  return response;
}

HttpResponse body_response(std::string_view type, std::string body) {
  return {200,
          {{"Content-Type", std::string(type)},
           {"Cache-Control", "no-store"},
           {"X-Content-Type-Options", "nosniff"},
           {"X-Accel-Buffering", "no"}},
          std::move(body)};
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
