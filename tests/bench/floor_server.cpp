#include "floor_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "substring.hpp"
#include "websocket_frame.hpp"

namespace bayeux::bench {

namespace {

constexpr std::string_view upgraded =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
constexpr std::string_view shaken =
    R"([{"channel":"/meta/handshake","id":"1","clientId":"floor","successful":true,"version":"1.0",)"
    R"("supportedConnectionTypes":["long-polling","websocket"]}])";
constexpr std::string_view subscribed = R"([{"channel":"/meta/subscribe","id":"1","successful":true}])";
constexpr std::string_view connected = R"([{"channel":"/meta/connect","id":"1","successful":true}])";
constexpr std::string_view published = R"([{"channel":"/floor","id":"1","successful":true}])";

}  // namespace

FloorServer::FloorServer(std::uint16_t port) : listener_(listen_on(port)), buffer_(256 * 1024) {
  poller_.add(listener_, static_cast<std::uint64_t>(listener_));
}

void FloorServer::run() {
  for (;;) {
    for (const epoll_event& event : poller_.wait(-1)) {
      const auto socket = static_cast<std::size_t>(event.data.u64);
      if (socket != static_cast<std::size_t>(listener_)) {
        read(*clients_[socket]);
        continue;
      }
      auto client = std::make_unique<Client>();
      client->socket = accept_from(listener_);
      const auto index = static_cast<std::size_t>(client->socket);
      if (clients_.size() <= index) clients_.resize(index + 1);
      poller_.add(client->socket, index);
      clients_[index] = std::move(client);
    }
  }
}

void FloorServer::read(Client& client) {
  const auto size = ::recv(client.socket, buffer_.data(), buffer_.size(), 0);
  if (size <= 0) return drop(client);
  char* bytes = buffer_.data();
  std::size_t left = static_cast<std::size_t>(size);
  std::string input;
  if (!client.input.empty()) {
    input = std::move(client.input.append(bytes, left));
    client.input.clear();
    bytes = input.data();
    left = input.size();
  }
  while (left > 0) {
    const auto used = handle(client, bytes, left);
    if (used == 0) break;
    bytes += used;
    left -= used;
  }
  if (left > 0) client.input.assign(bytes, left);
}

void FloorServer::drop(Client& client) {
  for (auto& [name, audience] : channels_) std::erase(audience, &client);
  ::close(client.socket);
  clients_[static_cast<std::size_t>(client.socket)].reset();
}

std::size_t FloorServer::handle(Client& client, char* bytes, std::size_t size) {
  return client.websocket ? handle_websocket(client, bytes, size) : handle_http(client, {bytes, size});
}

std::size_t FloorServer::handle_http(Client& client, std::string_view bytes) {
  const auto end = find_in(bytes, "\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const auto head = bytes.substr(0, end);
  if (contains(head, "Upgrade: websocket")) {
    client.websocket = true;
    send_all(client.socket, std::string(upgraded) + std::string(websocket_accept) + "\r\n\r\n");
    return end + 4;
  }
  const auto length = find_in(head, "Content-Length: ");
  if (length == std::string_view::npos) return 0;
  const std::size_t size = std::strtoul(head.data() + length + 16, nullptr, 10);
  if (bytes.size() - end - 4 < size) return 0;
  const auto body = bytes.substr(end + 4, size);
  if (contains(body, "/meta/connect")) {
    poll(client, body);
  } else {
    respond(client, answer(client, body));
  }
  return end + 4 + size;
}

std::size_t FloorServer::handle_websocket(Client& client, char* bytes, std::size_t size) {
  const WebSocketFrame frame = frame_at(bytes, size);
  if (frame.size == 0) return 0;
  if (frame.opcode == Opcode::text && !contains(frame.payload, "/meta/connect")) {
    respond(client, answer(client, frame.payload));
  } else if (frame.opcode == Opcode::text && contains(frame.payload, R"("timeout":0)")) {
    respond(client, connected);
  }
  return frame.size;
}

std::string_view FloorServer::answer(Client& client, std::string_view body) {
  if (contains(body, "/meta/handshake")) return shaken;
  if (!contains(body, "/meta/subscribe")) {
    publish(body);
    return published;
  }
  constexpr std::string_view name = R"("subscription":")";
  for (auto at = find_in(body, name); at != std::string_view::npos; at = find_in(body, name, at + 1)) {
    channels_[std::string(between(body, name, '"', at))].push_back(&client);
  }
  return subscribed;
}

void FloorServer::poll(Client& client, std::string_view body) {
  client.parked = client.waiting.empty() && !contains(body, R"("timeout":0)");
  if (client.parked) return;
  if (client.waiting.empty()) return respond(client, connected);
  flush(client);
}

void FloorServer::publish(std::string_view body) {
  constexpr std::string_view channel = R"("channel":")";
  auto at = find_in(body, channel);
  while (at != std::string_view::npos) {
    const auto next = find_in(body, channel, at + 1);
    const auto message = body.substr(at, next - at);
    const auto found = channels_.find(std::string(between(message, channel, '"')));
    if (found != channels_.end()) {
      event_ = R"({"channel":")" + found->first + R"(","data":")";
      event_ += between(message, R"("data":")", '"');
      event_ += "\"}";
      const bool alone = next == std::string_view::npos && touched_.empty();
      alone ? deliver_one(found->second, event_) : deliver_later(found->second, event_);
    }
    at = next;
  }
  for (Client* client : touched_) flush(*client);
  touched_.clear();
}

}  // namespace bayeux::bench
