#include <chrono>
#include <memory>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "chat.hpp"
#include "options.hpp"

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_doorman(rooms)});
  const Chat chat(bus, rooms);
  bayeux::AsioServer server(bus, options.server);

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
