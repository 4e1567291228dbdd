#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace bayeux::protocol {

/// Finds the members of a request that is one message, alone or in an array, with nothing in it but strings of ASCII
/// without escapes, and no blanks between them: what a poll is, ten thousand times a second. What the members mean is
/// left to MessageReader. Nothing is copied.
class PlainMessage final {
 public:
  struct Member {
    std::string_view name;
    std::string_view value;
  };

  /// False for any other request, good or bad: then there are no members.
  bool read(std::string_view text) noexcept;

  const Member* begin() const noexcept { return members_.data(); }
  const Member* end() const noexcept { return members_.data() + count_; }

 private:
  bool read_members(std::string_view text) noexcept;

  /// A poll has five at most. With more of them, or more bytes, little is won, and much may be read in vain.
  static constexpr std::size_t max_members = 8;
  static constexpr std::size_t max_size = 1'024;

  std::array<Member, max_members> members_;
  std::size_t count_ = 0;
};

}  // namespace bayeux::protocol
