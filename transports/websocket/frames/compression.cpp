#include "compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>
#include <new>

namespace bayeux::websocket {
namespace {

constexpr int memory_level = 8;

/// zlib does not write through what it is given to read, but its type says otherwise.
Bytef* readable(const char* bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes));
}

Bytef* writable(char* bytes) {
  return reinterpret_cast<Bytef*>(bytes);
}

class Deflater final {
 public:
  explicit Deflater(int window_bits) {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string run(std::initializer_list<std::string_view> parts) {
    deflateReset(&stream_);
    std::size_t size = 0;
    for (const auto part : parts) size += part.size();
    // The bound is for Z_FINISH; a flush ends with up to 6 bytes more.
    std::string out(deflateBound(&stream_, size) + 16, '\0');
    stream_.next_out = writable(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    for (const auto part : parts) write(part, out, Z_NO_FLUSH);
    write({}, out, Z_SYNC_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    assert(out.ends_with(std::string_view("\0\0\xff\xff", 4)));
    out.resize(out.size() - 4);
    return out;
  }

 private:
  void write(std::string_view part, std::string& out, int flush) {
    stream_.next_in = readable(part.data());
    stream_.avail_in = static_cast<uInt>(part.size());
    while (deflate(&stream_, flush) == Z_OK && stream_.avail_out == 0) {
      const auto used = out.size();
      out.resize(2 * used);
      stream_.next_out = writable(out.data() + used);
      stream_.avail_out = static_cast<uInt>(out.size() - used);
    }
  }

  z_stream stream_{};
};

Deflater& deflater_of_thread(int window_bits) {
  static thread_local std::array<std::unique_ptr<Deflater>, 16> deflaters;
  auto& deflater = deflaters.at(static_cast<std::size_t>(window_bits));
  if (deflater == nullptr) deflater = std::make_unique<Deflater>(window_bits);
  return *deflater;
}

class Inflater final {
 public:
  Inflater() {
    // A window of 15 bits reads what was written with any smaller one.
    if (inflateInit2(&stream_, -15) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Inflation run(std::string_view bytes, std::size_t limit, std::string& text) {
    inflateReset(&stream_);
    text.clear();
    ended_ = false;
    auto result = read(bytes, limit, text);
    if (result != Inflation::done || ended_) return result;
    result = read(std::string_view("\0\0\xff\xff", 4), limit, text);
    // Only between two blocks nothing is missing: zlib says so by bit 7, and by bits 0 to 4 what is left of a byte.
    const bool complete = (stream_.data_type & 0x9f) == 0x80;
    return result == Inflation::done && !complete ? Inflation::corrupt : result;
  }

 private:
  Inflation read(std::string_view bytes, std::size_t limit, std::string& text) {
    stream_.next_in = readable(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, 16 * 1024> chunk;
    while (true) {
      stream_.next_out = writable(chunk.data());
      stream_.avail_out = chunk.size();
      const int status = ::inflate(&stream_, Z_SYNC_FLUSH);
      const auto size = chunk.size() - stream_.avail_out;
      if (size > limit - text.size()) return Inflation::too_large;
      text.append(chunk.data(), size);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status == Z_STREAM_END) {
        // A block may say that it is the last, and others may follow all the same (RFC 7692 section 7.2.3.4).
        ended_ = stream_.avail_in == 0;
        if (ended_) return Inflation::done;
        inflateReset(&stream_);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return Inflation::corrupt;
      }
      if (stream_.avail_in == 0 && stream_.avail_out != 0) return Inflation::done;
    }
  }

  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

bool can_compress() noexcept {
  return true;
}

std::string deflated(std::initializer_list<std::string_view> parts, int window_bits) {
  return deflater_of_thread(window_bits).run(parts);
}

Inflation inflate(std::string_view bytes, std::size_t limit, std::string& text) {
  static thread_local Inflater inflater;
  return inflater.run(bytes, limit, text);
}

}  // namespace bayeux::websocket
