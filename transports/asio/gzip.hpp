#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <bayeux/transports/http.hpp>

namespace bayeux::http1 {

/// True when a peer that sends these headers prefers gzip to nothing (RFC 9110 section 12.5.3).
bool accepts_gzip(std::span<const Request::Header> headers);

/// True when a response is worth compressing: a text of more than `above` bytes, as it is; never where that is 0.
bool worth_gzip(const HttpResponse& response, std::size_t above);

/// Compresses the response, and says so in its headers. False when nothing was gained, and nothing changed.
///
/// Threads: any; each has one compressor.
bool gzip(HttpResponse& response);

/// Says that the response would be another for a peer that accepts other codings.
void vary_by_encoding(HttpResponse& response);

/// The bytes as a gzip file (RFC 1952); nothing without zlib, or when that fails.
std::optional<std::string> gzipped(std::string_view bytes);

}  // namespace bayeux::http1
