#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux::engine {

/// A text that is kept by the million, such as a client id: up to 31 bytes of it take no memory of their own. (The
/// library's strings stop at 15, and a client id has 26.)
class ShortText final {
 public:
  ShortText() noexcept = default;
  explicit ShortText(std::string_view text) : size_(static_cast<unsigned char>(text.size())) {
    if (text.size() <= room) {
      text.copy(bytes_, text.size());
    } else {
      const auto* made = new std::string(text);
      std::memcpy(bytes_, &made, sizeof made);
      size_ = elsewhere;
    }
  }
  ShortText(ShortText&& other) noexcept : size_(std::exchange(other.size_, 0)) {
    std::memcpy(bytes_, other.bytes_, room);
  }
  ShortText& operator=(ShortText other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ShortText() {
    if (size_ == elsewhere) delete whole();
  }

  std::string_view view() const noexcept {
    return size_ == elsewhere ? std::string_view(*whole()) : std::string_view(bytes_, size_);
  }
  operator std::string_view() const noexcept { return view(); }
  std::string string() const { return std::string(view()); }
  bool empty() const noexcept { return size_ == 0; }

  friend bool operator==(const ShortText& text, std::string_view other) noexcept { return text.view() == other; }

 private:
  static constexpr std::size_t room = 31;

  /// The size of what is not in place: then a pointer is.
  static constexpr unsigned char elsewhere = 255;

  const std::string* whole() const noexcept {
    const std::string* text = nullptr;
    std::memcpy(&text, bytes_, sizeof text);
    return text;
  }

  char bytes_[room] = {};
  unsigned char size_ = 0;
};

}  // namespace bayeux::engine
