#include "client.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "http_response.hpp"
#include "net.hpp"
#include "substring.hpp"
#include "websocket_frame.hpp"

namespace bayeux::bench {

namespace {

/// The string that a member has, whatever space stands around the colon.
std::string member(std::string_view text, std::string_view quoted_name) {
  const auto name = find_in(text, quoted_name);
  return name == std::string_view::npos ? "" : std::string(between(text, "\"", '"', name + quoted_name.size()));
}

[[noreturn]] void refused(std::string_view what) {
  errno = 0;
  fail("the server refused: " + std::string(what));
}

}  // namespace

Client::Client(const Target& target, const std::vector<std::string>& channels)
    : target_(target), socket_(connect_to(target.host, target.port)) {
  if (target_.websocket) upgrade();
  const std::string type = target_.websocket ? "websocket" : "long-polling";
  const std::string shake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0","supportedConnectionTypes":[")";
  id_ = member(exchange(shake + type + "\"]}]", "/meta/handshake"), R"("clientId")");
  if (id_.empty()) refused("a handshake");
  const std::string who = R"(,"clientId":")" + id_ + "\"";
  std::string subscribes;
  for (const auto& channel : channels) {
    subscribes += subscribes.empty() ? '[' : ',';
    subscribes += R"({"channel":"/meta/subscribe","id":"1","subscription":")" + channel + "\"" + who + "}";
  }
  if (!channels.empty()) exchange(subscribes + "]", "/meta/subscribe");
  const std::string connect = R"([{"channel":"/meta/connect","id":"1","connectionType":")" + type + "\"" + who;
  exchange(connect + R"(,"advice":{"timeout":0}}])", "/meta/connect");
  append_request(poll_, connect + "}]");
}

void Client::append_publish(std::string& out, const std::vector<Outgoing>& messages) const {
  std::string body;
  for (const Outgoing& message : messages) {
    body.append(body.empty() ? "[" : ",").append(R"({"channel":")").append(message.channel);
    body.append(R"(","id":"1","clientId":")").append(id_);
    body.append(R"(","data":")").append(message.data).append("\"}");
  }
  body += ']';
  append_request(out, body);
}

void Client::upgrade() {
  std::string request = "GET " + target_.path + " HTTP/1.1\r\nHost: " + target_.host;
  request += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  request.append(websocket_key).append("\r\n\r\n");
  if (!send_all(socket_, request)) fail("send");
  std::array<char, 4096> bytes;
  std::string scratch;
  for (Response response; response.size == 0; response = response_at(input_, scratch)) {
    const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size <= 0) fail("an upgrade to WebSocket is not answered");
    input_.append(bytes.data(), static_cast<std::size_t>(size));
  }
  const Response response = response_at(input_, scratch);
  if (response.status != 101) refused("an upgrade to WebSocket");
  input_.erase(0, response.size);
}

std::string Client::exchange(const std::string& body, std::string_view channel) {
  std::string request;
  append_request(request, body);
  if (!send_all(socket_, request)) fail("send");
  std::array<char, 16 * 1024> bytes;
  std::string scratch;
  std::string answer = receive(scratch);
  while (!contains(answer, channel)) {
    const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size <= 0) fail("a request is not answered");
    input_.append(bytes.data(), static_cast<std::size_t>(size));
    answer = receive(scratch);
  }
  const auto said = find_in(answer, R"("successful")");
  if (said == std::string_view::npos || answer.compare(answer.find(':', said) + 1, 5, "false") == 0) refused(answer);
  return answer;
}

std::string Client::receive(std::string& scratch) {
  if (target_.websocket) {
    const WebSocketFrame frame = frame_at(input_.data(), input_.size());
    const std::string text = frame.opcode == Opcode::text ? std::string(frame.payload) : "";
    input_.erase(0, frame.size);
    return text;
  }
  const Response response = response_at(input_, scratch);
  if (response.size == 0) return "";
  if (response.status != 200) refused(response.head);
  if (const std::string set = cookies_of(response.head); !set.empty()) cookies_ = set;
  const std::string body(response.body);
  input_.erase(0, response.size);
  return body;
}

void Client::append_request(std::string& out, std::string_view body) const {
  if (target_.websocket) return append_masked_frame(out, Opcode::text, body);
  out.append("POST ").append(target_.path).append(" HTTP/1.1\r\nHost: ").append(target_.host);
  if (!cookies_.empty()) out.append("\r\nCookie: ").append(cookies_);
  out.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
}

}  // namespace bayeux::bench
