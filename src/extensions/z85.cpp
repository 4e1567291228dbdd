#include <bayeux/extensions/z85.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace bayeux {
namespace {

constexpr std::string_view alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr std::size_t group_bytes = 4;
constexpr std::size_t group_characters = 5;
constexpr std::uint32_t base = 85;
constexpr std::uint8_t none = 255;

constexpr auto values = [] {
  std::array<std::uint8_t, 256> all{};
  all.fill(none);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    all[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return all;
}();

/// The number that one to four bytes are, the first of which counts most; what is missing counts as zero.
std::uint32_t number_of(std::span<const std::byte> bytes) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < group_bytes; ++i) {
    number = number << 8 | (i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
  }
  return number;
}

/// The same of two to five characters; what is missing counts as the last of the alphabet, which rounds up what was
/// cut off.
std::optional<std::uint32_t> number_of(std::string_view group) noexcept {
  if (group.size() < 2) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < group_characters; ++i) {
    const std::uint8_t value = i < group.size() ? values[static_cast<unsigned char>(group[i])] : base - 1;
    if (value == none) return std::nullopt;
    number = number * base + value;
  }
  if (number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

/// Gives `take` each group as its number and how many bytes of it there are; false when one is none.
template <class Take>
bool each_group(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::string_view group = text.substr(0, group_characters);
    const auto number = number_of(group);
    if (!number) return false;
    take(*number, group.size() - 1);
    text.remove_prefix(group.size());
  }
  return true;
}

}  // namespace

std::string to_z85(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + group_bytes - 1) / group_bytes * group_characters);
  while (!bytes.empty()) {
    const auto group = bytes.first(std::min(bytes.size(), group_bytes));
    std::array<char, group_characters> characters{};
    std::uint32_t number = number_of(group);
    for (std::size_t i = group_characters; i-- > 0; number /= base) characters[i] = alphabet[number % base];
    text.append(characters.data(), group.size() + 1);
    bytes = bytes.subspan(group.size());
  }
  return text;
}

std::optional<std::vector<std::byte>> from_z85(std::string_view text) {
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / group_characters * group_bytes + group_bytes);
  const bool fine = each_group(text, [&](std::uint32_t number, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(number >> (24 - 8 * i) & 0xff));
  });
  if (!fine) return std::nullopt;
  return bytes;
}

bool is_z85(std::string_view text) noexcept {
  return each_group(text, [](std::uint32_t, std::size_t) {});
}

}  // namespace bayeux
