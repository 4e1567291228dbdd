// The chat inside a server that has an event loop of its own, by hand (own_loop_server.hpp), on one thread. The five
// calls by which the bus gets into it, or into any other stack, are in own_loop_bus.hpp.
//
//     curl http://127.0.0.1:8080/rooms
#include <chrono>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/endpoint.hpp>

#include "chat.hpp"
#include "host_options.hpp"
#include "own_loop_bus.hpp"
#include "own_loop_server.hpp"
#include "site_files.hpp"

namespace {

own::Response json(const bayeux::Json& value) {
  return {200, "Content-Type: application/json\r\nCache-Control: no-store\r\n", value.text()};
}

own::Response text(int status, const std::string& text) {
  return {status, "Content-Type: text/plain; charset=utf-8\r\n", text + "\n"};
}

/// A file of the site.
own::Response page(std::string_view target) {
  const auto file = find_file(PAGES, target.substr(0, target.find('?')));
  if (!file) return text(404, "There is nothing here");
  std::ifstream in(*file, std::ios::binary);
  return {200, "Content-Type: " + content_type(*file) + "\r\n", {std::istreambuf_iterator<char>(in), {}}};
}

/// The routes of the host, which were there before the bus: two of its own, and files.
own::Response answer(const own::Request& request, const ChatRooms& rooms) {
  if (request.method != "GET" && request.method != "HEAD") return text(405, "Only GET and HEAD are allowed here");
  if (request.target == "/health") return text(200, "well");
  if (request.target == "/rooms") return json(rooms.overview());
  return page(request.target);
}

own::Server* running = nullptr;

void stop_on_signals(own::Server& server) {
  running = &server;
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { running->stop(); });
}

}  // namespace

int main(int count, char* values[]) try {
  const auto port = parse_port(count, values);
  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_doorman(rooms)});
  const Chat chat(bus, rooms);

  // This server speaks no WebSocket and cannot stream, and clients are told so: they poll.
  bayeux::Endpoint endpoint(bus, {.gateway = {.event_source = false}, .websocket = std::nullopt});
  std::unique_ptr<BusRoute> to_bus;
  own::Server server(port, {.max_body = endpoint.config().gateway.max_body},
                     [&](const own::Request& request, std::shared_ptr<own::Reply> reply) {
                       if (to_bus->serves(request.target)) return to_bus->answer(request, reply);
                       reply->send(answer(request, *rooms));
                     });
  to_bus = std::make_unique<BusRoute>(endpoint, server.inbox());

  // The loop has a clock, and runs that of the bus besides; ClockThread would do it on a thread of its own.
  server.run_clock([&] { return bus.next_deadline(); }, [&] { bus.run_due(); });
  bus.set_alarm([inbox = server.inbox()] { inbox->ring(); });

  stop_on_signals(server);
  announce(server.port());
  server.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
