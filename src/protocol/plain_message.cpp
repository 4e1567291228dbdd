#include "protocol/plain_message.hpp"

#include "protocol/utf8.hpp"

namespace bayeux::protocol {
namespace {

/// Goes through a text piece by piece.
class Pieces final {
 public:
  explicit Pieces(std::string_view text) noexcept : rest_(text) {}

  bool take(std::string_view piece) noexcept {
    if (!rest_.starts_with(piece)) return false;
    rest_.remove_prefix(piece.size());
    return true;
  }

  /// What a string may hold as it is; the quote that ends it is not taken.
  std::string_view take_plain() noexcept {
    const std::size_t size = plain_until(rest_, 0);
    const std::string_view plain(rest_.data(), size);
    rest_.remove_prefix(size);
    return plain;
  }

  bool at_end() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace

bool PlainMessage::read(std::string_view text) noexcept {
  count_ = 0;
  if (text.size() <= max_size && read_members(text)) return true;
  count_ = 0;
  return false;
}

bool PlainMessage::read_members(std::string_view text) noexcept {
  Pieces pieces(text);
  const bool in_array = pieces.take("[");
  if (!pieces.take("{\"")) return false;
  do {
    if (count_ == max_members) return false;
    Member& member = members_[count_++];
    member.name = pieces.take_plain();
    if (!pieces.take("\":\"")) return false;
    member.value = pieces.take_plain();
  } while (pieces.take("\",\""));
  return pieces.take("\"}") && (!in_array || pieces.take("]")) && pieces.at_end();
}

}  // namespace bayeux::protocol
