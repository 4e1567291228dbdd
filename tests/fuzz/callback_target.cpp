#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/json.hpp>

#include "fuzz/target.hpp"
#include "http/batch.hpp"
#include "http/callback_polling.hpp"
#include "http/form.hpp"

namespace bayeux::fuzz {
namespace {

constexpr std::size_t max_depth = 16;

/// What of these bytes is a callback, by the alphabet.
bool callable(std::string_view name, std::size_t max_length) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._$-";
  return !name.empty() && name.size() <= max_length && name.find_first_not_of(alphabet) == std::string_view::npos;
}

void check_request(std::string_view query) {
  const GatewayConfig config{.max_body = 200, .max_callback_length = 12};
  const std::string target = "/bayeux?" + std::string(query);
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  const auto outcome = http::callback_request(request, config);
  const auto callbacks = http::form_values(query, "jsonp");
  const auto messages = http::messages_of_form(query);
  const bool good = query.size() <= 200 && callbacks && callbacks->size() == 1 && callable(callbacks->front(), 12) &&
                    std::holds_alternative<std::string>(messages);
  if (const auto* refusal = std::get_if<http::Refusal>(&outcome)) {
    require(!good, "what is good is not refused");
    return require(refusal->status == (query.size() > 200 ? 414 : 400), "a refusal says what is wrong");
  }
  require(good, "what is bad is refused");
  const auto& asked = std::get<http::CallbackRequest>(outcome);
  require(asked.callback == callbacks->front(), "what is called is what was asked for");
  require(asked.messages == std::get<std::string>(messages), "the messages are those of the form");
}

/// A script that calls a function with these messages, and nothing that an older script, or a page around it, could
/// take for anything else.
void check_script(const std::vector<Json>& values) {
  std::vector<Frame> frames;
  for (const Json& value : values) frames.emplace_back(value.text(), Frame::Kind::event);
  const std::string script = http::script_text("call.me", frames);
  const std::string_view begin = "/**/call.me(";
  const std::string_view end = ");";
  require(script.starts_with(begin) && script.ends_with(end), "a script is a call");
  require(script.find('<') == std::string::npos, "a script ends no element");
  for (const char* line_end : {"\xe2\x80\xa8", "\xe2\x80\xa9", "\n", "\r"}) {
    require(script.find(line_end) == std::string::npos, "a script is one line");
  }
  const auto argument = std::string_view(script).substr(begin.size(), script.size() - begin.size() - end.size());
  const auto read = Json::parse(argument, max_depth + 2);
  require(read && *read == Json(Json::Array(values.begin(), values.end())), "what is handed over is what was sent");
}

}  // namespace
}  // namespace bayeux::fuzz

/// The first line is the query of a request, what follows is what its script hands over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  const std::string_view input = as_text(data, size);
  const auto query = input.substr(0, input.find('\n'));
  const auto rest = input.substr(std::min(query.size() + 1, input.size()));
  check_request(query);
  require(http::is_callback(rest, 12) == callable(rest, 12), "a callback is of its alphabet");
  // As a bus would hand it over: in Unicode.
  std::vector<Json> values{*Json::parse(Json(rest).text())};
  if (const auto value = Json::parse(rest, max_depth)) values.push_back(*value);
  check_script(values);
  return 0;
}
