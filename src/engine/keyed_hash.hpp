#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bayeux::engine {

/// What nobody outside of the process knows.
struct HashKey {
  std::uint64_t first;
  std::uint64_t second;
};

/// SipHash (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), with as many rounds for each word and at the end:
/// who does not know the key finds no texts that collide. The standard library's hash has none, and whoever chooses
/// names can make a table of it as slow as a list.
template <int word_rounds, int final_rounds>
class SipHash final {
 public:
  explicit SipHash(const HashKey& key) noexcept
      : v0_(key.first ^ 0x736f6d6570736575),
        v1_(key.second ^ 0x646f72616e646f6d),
        v2_(key.first ^ 0x6c7967656e657261),
        v3_(key.second ^ 0x7465646279746573) {}

  std::uint64_t operator()(std::string_view text) && noexcept {
    const std::size_t whole = text.size() / 8 * 8;
    for (std::size_t at = 0; at < whole; at += 8) absorb(word(text.substr(at, 8)));
    absorb(word(text.substr(whole)) | static_cast<std::uint64_t>(text.size()) << 56);
    v2_ ^= 0xff;
    for (int i = 0; i < final_rounds; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  /// Up to eight bytes, the first of which counts least.
  static std::uint64_t word(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&value, bytes.data(), bytes.size());
    } else {
      for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return value;
  }

  void absorb(std::uint64_t value) noexcept {
    v3_ ^= value;
    for (int i = 0; i < word_rounds; ++i) round();
    v0_ ^= value;
  }

  void round() noexcept {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

/// Of this process: another in each.
const HashKey& process_key() noexcept;

/// For tables whose keys a peer may choose. One round and three, as in the tables of Python, Ruby and Rust: what comes out
/// is never seen outside.
inline std::size_t keyed_hash(std::string_view text) noexcept {
  return static_cast<std::size_t>(SipHash<1, 3>(process_key())(text));
}

/// The same for a table of the standard library. Not noexcept: then that of GCC keeps the hash of each entry, and a search
/// does not hash those that it passes.
struct KeyedHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return keyed_hash(text); }
};

}  // namespace bayeux::engine
