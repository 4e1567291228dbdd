// Stands in for gzip_zlib.cpp in a build without zlib.
#include "gzip.hpp"

namespace bayeux::http1 {

std::optional<std::string> gzipped(std::string_view) {
  return std::nullopt;
}

}  // namespace bayeux::http1
