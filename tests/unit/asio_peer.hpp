#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

namespace bayeux::test {

/// A response as it came over a socket; status 0 when the connection ended before it was complete.
struct Received {
  int status = 0;
  std::string head;
  std::string body;

  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }

  /// The value of a header, written as the server writes it; empty when it is missing.
  std::string header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

/// Takes one response off the front of `buffer`, which `fill` makes longer until nothing comes any more; of one to
/// HEAD, the head alone.
inline Received receive_response(std::string& buffer, const std::function<bool()>& fill, bool head_only = false) {
  Received received;
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return received;
  }
  received.head = buffer.substr(0, end + 2);
  buffer.erase(0, end + 4);
  const int status = std::atoi(received.head.substr(9, 3).c_str());
  const auto length = received.header("Content-Length");
  const std::size_t size = head_only || length.empty() ? 0 : std::stoul(length);
  while (buffer.size() < size) {
    if (!fill()) return received;
  }
  received.body = buffer.substr(0, size);
  buffer.erase(0, size);
  received.status = status;
  return received;
}

/// The other end of a connection, byte by byte. Whatever waits, waits for half a minute at most.
class Peer final {
 public:
  /// With a receive buffer of so many bytes, where that is not 0, and from that address, where it is not empty.
  explicit Peer(std::uint16_t port, int receive_buffer = 0, const std::string& from = {})
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    timeval limit{};
    limit.tv_sec = 30;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (::inet_pton(AF_INET, from.c_str(), &address.sin_addr) == 1) {
      ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) hang_up();
  }
  ~Peer() { hang_up(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  bool connected() const { return socket_ >= 0; }
  int descriptor() const { return socket_; }

  Peer& send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  /// False when the server takes nothing for two seconds; then some of it may have gone.
  bool send_if_it_fits(std::string_view bytes) {
    timeval limit{};
    limit.tv_sec = 2;
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// Reads one response; of one to HEAD, the head alone.
  Received receive(bool head_only = false) {
    return receive_response(
        buffer_, [this] { return fill(); }, head_only);
  }

  /// Reads one chunk of a body; nothing for the last, or when the connection ended before.
  std::string receive_chunk() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    const auto size = std::stoul("0" + buffer_.substr(0, end), nullptr, 16);
    buffer_.erase(0, end + 2);
    auto chunk = receive_bytes(size + 2);
    return chunk.size() == size + 2 ? chunk.substr(0, size) : std::string();
  }

  /// Reads so many bytes; fewer when the connection ended before.
  std::string receive_bytes(std::size_t size) {
    while (buffer_.size() < size && fill()) {
    }
    const auto bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
  }

  /// What has come, as it is; waits when nothing has. Empty when the connection ended.
  std::string receive_some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, {});
  }

  /// Reads until the server closes.
  std::string receive_rest() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
  }

  /// True when the server has closed and nothing came before that.
  bool closed_by_server() { return buffer_.empty() && !fill() && ended_; }

  /// Ends its own direction only.
  void finish() { ::shutdown(socket_, SHUT_WR); }

  /// Goes without a word.
  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// Goes with a RST.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    hang_up();
  }

 private:
  bool fill() {
    char bytes[16384];
    const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
    // EAGAIN is the half minute gone by: not an end, but a test that fails.
    if (size == 0 || (size < 0 && errno == ECONNRESET)) ended_ = true;
    return size > 0;
  }

  int socket_;
  std::string buffer_;
  bool ended_ = false;
};

/// A server on a free port, which runs until the end of the test.
class RunningServer final {
 public:
  explicit RunningServer(AsioServerConfig config = {}, const std::function<void(AsioServer&)>& prepare = {})
      : server(bus, on_free_port(std::move(config))) {
    if (prepare) prepare(server);
    thread_ = std::thread([this] { server.run(); });
  }
  ~RunningServer() { stop(); }

  void stop() {
    server.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const { return server.port(); }

  static AsioServerConfig on_free_port(AsioServerConfig config) {
    config.port = 0;
    return config;
  }

  Bus bus;
  AsioServer server;

 private:
  std::thread thread_;
};

inline std::string get(const std::string& target, const std::string& headers = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Waits until something is so, for half a minute at most.
inline bool eventually(const std::function<bool()>& so) {
  for (int i = 0; i < 3000; ++i) {
    if (so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return so();
}

/// A folder of its own that goes with the test.
class TemporaryFolder final {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "bayeux-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }

  std::filesystem::path path;
};

}  // namespace bayeux::test
