#include <array>
#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "asio/stream.hpp"
#include "asio/tls_context.hpp"
#include "asio/tls_session.hpp"
#include "asio_tls_files.hpp"
#include "asio_tls_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using http1::Socket;
using http1::Stream;

namespace {

/// A Stream and the client at its other end.
class Pair final {
 public:
  /// `talk` is what the client does once the handshake is done.
  explicit Pair(const std::function<void(TlsPeer&)>& talk)
      : acceptor_(asio::make_strand(io_), asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    const std::uint16_t port = acceptor_.local_endpoint().port();
    client_ = std::thread([talk, port] {
      TlsPeer peer(port, {.slow = true});
      talk(peer);
    });
    asio::ip::tcp::endpoint peer;
    std::error_code error;
    stream.emplace(Socket::accept(acceptor_, peer, error), http1::load_tls(files_.config())->begin());
    while (!stream->established() && (!error || http1::would_block(error))) read(error);
  }
  ~Pair() {
    stream->close();
    client_.join();
    stream.reset();  // Before the io_context.
  }

  /// Reads once, as much as fits.
  std::size_t read(std::error_code& error) {
    const std::size_t size = stream->read_some(asio::buffer(bytes), error);
    got.append(bytes.data(), size);
    return size;
  }

  std::optional<Stream> stream;
  std::array<char, 1000> bytes{};
  std::string got;

 private:
  const TlsFiles files_;
  asio::io_context io_;
  http1::Acceptor acceptor_;
  std::thread client_;
};

std::string noise(std::size_t size) {
  std::minstd_rand random(7);
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>(random() % 256);
  return text;
}

/// The text in parts of any size, also empty ones.
std::vector<asio::const_buffer> cut(const std::string& text, std::minstd_rand& random) {
  std::vector<asio::const_buffer> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min<std::size_t>(text.size() - at, random() % (random() % 8 == 0 ? 40'000 : 200));
    parts.emplace_back(text.data() + at, size);
    at += size;
  }
  return parts;
}

}  // namespace

TEST_CASE("what was not taken may lie elsewhere, in other parts and with more behind it", "[tls]") {
  const std::string text = noise(1'500'000);
  std::atomic<bool> reads{false};
  std::string got;
  {
    Pair pair([&](TlsPeer& peer) {
      while (!reads) std::this_thread::yield();
      char bytes[5000];
      std::size_t size = 0;
      while (SSL_read_ex(peer.ssl(), bytes, sizeof bytes, &size) == 1) got.append(bytes, size);
    });
    REQUIRE(pair.stream->established());
    std::minstd_rand random(11);
    std::size_t written = 0;
    std::size_t offered = 0;
    std::error_code error;
    while (written < text.size() && (!error || http1::would_block(error))) {
      offered = std::min(text.size() - written, std::max<std::size_t>(offered, 1) + random() % 3000);
      const std::string copy = text.substr(written, offered);
      const std::size_t size = pair.stream->write_some(cut(copy, random), error);
      written += size;
      if (size > 0) offered = 0;
      if (http1::would_block(error)) reads = true;
    }
    CHECK(written == text.size());
    reads = true;
  }
  CHECK((got == text));
}

TEST_CASE("what TLS holds is told, because its socket says nothing of it", "[tls]") {
  const std::string text = noise(40'000);
  Pair pair([&](TlsPeer& peer) {
    peer.send(text).finish();
    // Closing with tickets unread would reset the connection, and take away what has not been read here.
    peer.receive_some();
  });
  REQUIRE(pair.stream->established());
  std::error_code error;
  bool told = true;
  while (error != asio::error::eof && (!error || http1::would_block(error))) {
    const std::size_t size = pair.read(error);
    if (size == pair.bytes.size()) told = told && pair.stream->has_input();
    if (http1::would_block(error)) told = told && !pair.stream->has_input();
  }
  CHECK(error == asio::error::eof);
  CHECK(told);
  CHECK((pair.got == text));
}

TEST_CASE("an end that nobody announced is an error", "[tls]") {
  Pair pair([&](TlsPeer& peer) {
    peer.send("half");
    peer.below().hang_up();
  });
  std::error_code error;
  while (!error || http1::would_block(error)) pair.read(error);
  CHECK(error != asio::error::eof);
  CHECK(pair.got == "half");
}
