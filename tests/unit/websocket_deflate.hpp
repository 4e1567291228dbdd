#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace bayeux::websocket::test {

/// A message as a client compresses it (RFC 7692 section 7.2.1), by zlib itself.
inline std::string client_deflate(std::string_view text, int window_bits = 15) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (!out.ends_with(std::string_view("\0\0\xff\xff", 4))) throw std::runtime_error("zlib did not flush");
  return out.substr(0, out.size() - 4);
}

/// What a client with such a window makes of a compressed message. Errors: throws where the message is none.
inline std::string client_inflate(std::string_view bytes, int window_bits = 15) {
  z_stream stream{};
  inflateInit2(&stream, -window_bits);
  std::string in = std::string(bytes) + std::string("\0\0\xff\xff", 4);
  std::string out;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  int status = Z_OK;
  bool between_blocks = false;
  // In small steps, because zlib sees that something is out of its window only where the output is no longer at hand.
  constexpr std::size_t step = 64;
  do {
    const auto used = out.size();
    out.resize(used + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = step;
    status = inflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    // A call for which nothing was left says nothing.
    if (status == Z_OK) between_blocks = (stream.data_type & 128) != 0;
  } while (status == Z_OK && stream.avail_out == 0);
  const bool all = stream.avail_in == 0;
  inflateEnd(&stream);
  if ((status != Z_OK && status != Z_BUF_ERROR) || !all || !between_blocks)
    throw std::runtime_error("this is no deflated message");
  return out;
}

}  // namespace bayeux::websocket::test
