#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What libFuzzer calls with each input, and what the ordinary tests call with each file of the corpus. A target
/// aborts when a promise does not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace bayeux::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, where libFuzzer and ctest both notice, and says what was broken.
void require(bool holds, const char* promise);

}  // namespace bayeux::fuzz
