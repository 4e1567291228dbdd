#pragma once

#include <cstddef>
#include <string_view>

#include "request_parser.hpp"

namespace bayeux::http1 {

/// The status with which a head that could be read is refused all the same; 0 when it is fine.
int head_refusal(const ParsedRequest& request, int major, int minor);

/// How much of a target stands before its path and query: nothing, or scheme and host.
std::size_t size_before_path(std::string_view target) noexcept;

/// True when the peer waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
bool expects_continue(const ParsedRequest& request);

/// Compares ASCII texts in any case.
bool same_word(std::string_view a, std::string_view b) noexcept;

}  // namespace bayeux::http1
