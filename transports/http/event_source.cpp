#include "event_source.hpp"

#include <algorithm>

#include "text.hpp"

namespace bayeux::http {
namespace {

constexpr std::size_t max_client_id = 128;

bool is_client_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_client_id && std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

}  // namespace

bool asks_for_events(const HttpRequest& request) noexcept {
  if (request.method != "GET") return false;
  auto types = request.header("accept");
  while (!types.empty()) {
    auto type = cut(types, ',');
    if (equal_ignoring_case(trim(cut(type, ';')), "text/event-stream")) return true;
  }
  return false;
}

Outcome<std::string_view> listening_client(const HttpRequest& request) noexcept {
  const auto path = request.path();
  const auto id = path.substr(path.rfind('/') + 1);
  if (!is_client_id(id)) return Refusal{Fault::wrong_client_id, 400, "The client id is not valid"};
  return id;
}

std::string first_words(Milliseconds retry) {
  return "retry: " + std::to_string(retry.count()) + "\r\n\r\n";
}

std::string event_text(const std::vector<Frame>& frames) {
  if (frames.empty()) return {};
  std::string text = "data: ";
  text += join(frames);
  // A line end would end the field. In JSON it stands between tokens only, where a blank means the same.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text += "\r\n\r\n";
}

}  // namespace bayeux::http
