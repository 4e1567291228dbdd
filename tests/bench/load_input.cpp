#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "http_response.hpp"
#include "load.hpp"
#include "substring.hpp"
#include "websocket_frame.hpp"

namespace bayeux::bench {

void Load::read(Connection& connection) {
  if (connection.socket < 0) return;
  const auto size = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
  now_ns_ = now_ns();
  if (size <= 0) return close(connection);
  char* bytes = buffer_.data();
  std::size_t left = static_cast<std::size_t>(size);
  std::string input;
  if (!connection.input.empty()) {
    input = std::move(connection.input.append(bytes, left));
    connection.input.clear();
    bytes = input.data();
    left = input.size();
  }
  while (left > 0) {
    const auto used =
        target_.websocket ? take_frame(connection, bytes, left) : take_response(connection, {bytes, left});
    if (used == 0) break;
    bytes += used;
    left -= used;
  }
  if (left > 0) connection.input.assign(bytes, left);
}

std::size_t Load::take_response(Connection& connection, std::string_view bytes) {
  const Response response = response_at(bytes, scratch_);
  if (response.size == 0) return 0;
  if (response.status != 200) {
    errno = 0;
    fail("the server answers " + std::string(response.head.substr(0, response.head.find('\r'))));
  }
  connection.waits = false;
  if (connection.polls && polling_) poll(connection);
  take_text(connection, response.body);
  return response.size;
}

std::size_t Load::take_frame(Connection& connection, char* bytes, std::size_t size) {
  const WebSocketFrame frame = frame_at(bytes, size);
  if (frame.size == 0) return 0;
  if (frame.opcode == Opcode::ping) {
    request_.clear();
    append_masked_frame(request_, Opcode::pong, frame.payload);
    if (!send_all(connection.socket, request_)) close(connection);
  }
  if (frame.opcode != Opcode::text && frame.opcode != Opcode::continuation) return frame.size;
  if (frame.last && connection.fragments.empty()) {
    take_text(connection, frame.payload);
    return frame.size;
  }
  connection.fragments.append(frame.payload);
  if (frame.last) {
    const std::string text = std::move(connection.fragments);
    connection.fragments.clear();
    take_text(connection, text);
  }
  return frame.size;
}

void Load::take_text(Connection& connection, std::string_view text) {
  bool stamped = false;
  for_each_stamp(text, [&](const Stamp& stamp) {
    stamped = true;
    if (ledger_ != nullptr) ledger_->record(connection.client, stamp, now_ns_);
  });
  responses_ += stamped;
  if (!stamped && contains(text, R"("successful":false)")) {
    errno = 0;
    fail("the server refused: " + std::string(text));
  }
  if (target_.websocket && contains(text, "/meta/connect")) poll(connection);
}

void Load::poll(Connection& connection) {
  if (connection.socket < 0) return;
  connection.waits = !target_.websocket;
  if (!send_all(connection.socket, clients_[connection.client].poll())) close(connection);
}

void Load::close(Connection& connection) {
  ::close(connection.socket);
  connection.socket = -1;
  ++closed_;
}

}  // namespace bayeux::bench
