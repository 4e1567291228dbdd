#pragma once

#include <string>
#include <string_view>

namespace bayeux::http {

/// Compares as HTTP compares names: letters of ASCII in any case.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Letters of ASCII made small.
std::string lower(std::string_view text);

/// Without blanks and tabs around it, as the values of header fields count (RFC 9110, 5.5).
std::string_view trim(std::string_view text) noexcept;

/// Without what JSON takes for blank around it (RFC 8259, 2).
std::string_view trim_json(std::string_view text) noexcept;

bool is_letter_or_digit(char c) noexcept;

/// True for a `token` (RFC 9110, 5.6.2): what a header name or a cookie name may be.
bool is_token(std::string_view text) noexcept;

/// Cuts the part before `separator` off the front of `text`; all of it when there is none.
std::string_view cut(std::string_view& text, char separator) noexcept;

}  // namespace bayeux::http
