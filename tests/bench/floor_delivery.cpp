#include <array>
#include <cstdio>

#include "floor_server.hpp"
#include "websocket_frame.hpp"

namespace bayeux::bench {

namespace {

constexpr std::string_view connect_reply = R"({"channel":"/meta/connect","id":"1","successful":true}])";

void append_response(std::string& out, std::string_view body, std::string_view more = {}) {
  std::array<char, 128> head;
  const int size =
      std::snprintf(head.data(), head.size(),
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %zu\r\n\r\n",
                    body.size() + more.size());
  out.append(head.data(), static_cast<std::size_t>(size)).append(body).append(more);
}

}  // namespace

void FloorServer::respond(Client& client, std::string_view body) {
  output_.clear();
  client.websocket ? append_frame(output_, Opcode::text, body) : append_response(output_, body);
  send_all(client.socket, output_);
}

void FloorServer::deliver_one(const std::vector<Client*>& audience, std::string_view event) {
  std::string framed;
  std::string response;
  append_frame(framed, Opcode::text, "[" + std::string(event) + "]");
  append_response(response, "[" + std::string(event) + ",", connect_reply);
  for (Client* client : audience) {
    if (client->websocket) {
      send_all(client->socket, framed);
    } else if (client->parked) {
      client->parked = false;
      send_all(client->socket, response);
    } else {
      client->waiting.append(event).push_back(',');
    }
  }
}

void FloorServer::deliver_later(const std::vector<Client*>& audience, std::string_view event) {
  for (Client* client : audience) {
    if (client->waiting.empty() && (client->parked || client->websocket)) touched_.push_back(client);
    client->waiting.append(event).push_back(',');
  }
}

void FloorServer::flush(Client& client) {
  client.parked = false;
  client.waiting.insert(0, 1, '[');
  output_.clear();
  if (client.websocket) {
    client.waiting.back() = ']';
    append_frame(output_, Opcode::text, client.waiting);
  } else {
    append_response(output_, client.waiting, connect_reply);
  }
  client.waiting.clear();
  send_all(client.socket, output_);
}

}  // namespace bayeux::bench
