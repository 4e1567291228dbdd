#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bayeux/json.hpp>

#include "fuzz/target.hpp"
#include "http/batch.hpp"
#include "http/form.hpp"

namespace bayeux::fuzz {
namespace {

constexpr std::size_t max_depth = 16;

using Values = std::optional<std::vector<std::string>>;

/// Every byte as an escape, so that nothing depends on which need one.
std::string encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789aBcDeF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  const std::string_view digits = "0123456789abcdefABCDEF";
  std::string out;
  while (!text.empty()) {
    const bool escape = text.front() == '%';
    if (escape && (text.size() < 3 || text.substr(1, 2).find_first_not_of(digits) != std::string_view::npos)) return {};
    const char plain = text.front() == '+' ? ' ' : text.front();
    out += escape ? static_cast<char>(std::stoi(std::string(text.substr(1, 2)), nullptr, 16)) : plain;
    text.remove_prefix(escape ? 3 : 1);
  }
  return out;
}

Values expected_values(std::string_view form) {
  std::vector<std::string> values;
  for (bool more = true; more;) {
    const auto end = form.find('&');
    more = end != std::string_view::npos;
    const auto field = form.substr(0, end);
    if (more) form.remove_prefix(end + 1);
    const auto equals = field.find('=');
    const auto name = decode(field.substr(0, equals));
    if (!name) return std::nullopt;
    if (*name != "message") continue;
    const auto value = equals == std::string_view::npos ? std::string() : decode(field.substr(equals + 1));
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

/// The messages of all values, where each is JSON by itself; nothing otherwise.
std::optional<Json::Array> messages_of(const std::vector<std::string>& values) {
  Json::Array all;
  for (const auto& text : values) {
    const auto value = Json::parse(text, max_depth);
    if (!value) return std::nullopt;
    if (!value->is_array()) {
      all.push_back(*value);
      continue;
    }
    for (const Json& item : value->items()) all.push_back(item);
  }
  return all;
}

void check_messages(std::string_view form, const std::vector<std::string>& values) {
  const auto outcome = http::messages_of_form(form);
  const auto messages = messages_of(values);
  const auto* refusal = std::get_if<http::Refusal>(&outcome);
  for (const auto& value : values) {
    require(refusal != nullptr || http::looks_like_json(value), "what is no message is refused");
  }
  if (refusal != nullptr) {
    require(refusal->status == 400, "a refusal is a 400");
    for (const auto& value : values) {
      if (!http::looks_like_json(value)) return;
    }
    return require(values.empty() || !messages, "messages are not refused");
  }
  const auto joined = Json::parse(std::get<std::string>(outcome), max_depth + 1);
  if (messages) {
    require(joined.has_value(), "messages that are joined can be read");
    require((joined->is_array() ? joined->items() : Json::Array{*joined}) == *messages, "and are the same");
  } else if (values.size() > 1) {
    require(!joined, "halves of messages are not made whole");
  }
}

}  // namespace
}  // namespace bayeux::fuzz

/// A form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  const std::string_view form = as_text(data, size);
  require(http::form_decode(form) == decode(form), "a text is decoded as it is written");
  require(http::form_decode(encode(form)) == form, "any bytes can be escaped");

  const auto values = http::form_values(form, "message");
  require(values == expected_values(form), "all fields of a name are found");
  if (values) {
    check_messages(form, *values);
  } else {
    require(std::holds_alternative<http::Refusal>(http::messages_of_form(form)), "a malformed escape is refused");
  }
  return 0;
}
