#include "callback_polling.hpp"

#include <algorithm>
#include <utility>

#include "batch.hpp"
#include "form.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

/// JSON as part of a script: U+2028 and U+2029 end a line in older ones, and `<` could end the script element of a
/// page that pastes it. In JSON all three stand in strings only.
std::string escape_for_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto three = json.substr(i, 3);
    if (json[i] == '<') {
      text += "\\u003c";
    } else if (three == "\xe2\x80\xa8" || three == "\xe2\x80\xa9") {
      text += three.back() == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text += json[i];
    }
  }
  return text;
}

}  // namespace

Outcome<CallbackRequest> callback_request(const HttpRequest& request, const GatewayConfig& config) {
  const auto query = request.query();
  if (query.size() > config.max_body) return Refusal{Fault::too_large, 414, "The request is too large"};
  auto callbacks = form_values(query, config.callback_parameter);
  if (!callbacks) return Refusal{Fault::unreadable, 400, "A percent escape is malformed"};
  if (callbacks->empty()) return Refusal{Fault::wrong_method, 400, "Unknown Bayeux transport"};
  if (callbacks->size() > 1 || !is_callback(callbacks->front(), config.max_callback_length)) {
    return Refusal{Fault::wrong_callback, 400, "The callback is not valid"};
  }
  auto messages = messages_of_form(query);
  if (const auto* refusal = std::get_if<Refusal>(&messages)) return *refusal;
  return CallbackRequest{std::move(callbacks->front()), std::move(std::get<std::string>(messages))};
}

bool is_callback(std::string_view name, std::size_t max_length) noexcept {
  return !name.empty() && name.size() <= max_length && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '$' || c == '-';
  });
}

std::string script_text(std::string_view callback, const std::vector<Frame>& frames) {
  // The comment keeps the first bytes out of the caller's hands, which could else be those of another file type.
  std::string text = "/**/";
  text.append(callback).append("(").append(escape_for_script(join(frames))).append(");");
  return text;
}

}  // namespace bayeux::http
