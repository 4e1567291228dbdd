#include "protocol/number.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace bayeux::protocol {
namespace {

/// Longer texts without an exponent could be beyond a double, which ends at 309 digits.
constexpr std::size_t harmless_length = 300;

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

template <class Integer>
std::optional<Integer> whole(std::string_view text) noexcept {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Of a number that is out of range: true when it is too large, false when it is too close to zero.
bool is_huge(std::string_view text) noexcept {
  if (text.front() == '-') text.remove_prefix(1);
  const std::size_t mark = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, mark);
  std::int64_t magnitude = 0;
  if (mark != std::string_view::npos) {
    std::string_view exponent = text.substr(mark + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);
    const auto value = whole<std::int32_t>(exponent);
    if (!value) return exponent.front() != '-';
    magnitude = *value;
  }
  if (mantissa.front() != '0') return magnitude + static_cast<std::int64_t>(skip_digits(mantissa, 0)) > 0;
  const std::size_t first = mantissa.find_first_of("123456789");
  return first != std::string_view::npos && magnitude > static_cast<std::int64_t>(first);
}

}  // namespace

bool is_number(std::string_view text) noexcept {
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t first = at;
  at = skip_digits(text, at);
  if (at == first || (text[first] == '0' && at > first + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1);
    if (end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

std::optional<Json> read_number(std::string_view text) {
  // "-0" has no integer of its own.
  if (text != "-0" && text.find_first_of(".eE") == std::string_view::npos) {
    if (const auto value = whole<std::int64_t>(text)) return Json(*value);
    if (const auto value = whole<std::uint64_t>(text)) return Json(*value);
  }
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range) {
    if (is_huge(text)) return std::nullopt;
    value = text.front() == '-' ? -0.0 : 0.0;
  }
  return Json(value);
}

bool number_fits(std::string_view text) {
  if (text.size() < harmless_length && text.find_first_of("eE") == std::string_view::npos) return true;
  return read_number(text).has_value();
}

}  // namespace bayeux::protocol
