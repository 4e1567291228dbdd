#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.hpp"

/// Runs every file of a folder through the target it is linked with, and every beginning of each: a peer may stop
/// anywhere.
int main(int count, char* values[]) {
  if (count != 2) return 2;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(values[1])) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::printf("%s\n", entry.path().filename().c_str());
    for (std::size_t size = 0; size <= text.size(); ++size) {
      // A copy of just that size, so that AddressSanitizer sees a read beyond it.
      const std::vector<std::uint8_t> bytes(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    ++files;
  }
  return files == 0 ? 1 : 0;
}
