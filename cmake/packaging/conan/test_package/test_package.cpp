#include <iostream>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/loopback.hpp>
#ifdef HAS_ASIO_SERVER
#include <bayeux/transports/asio_server.hpp>
#endif

int main() {
  bayeux::Bus bus;
#ifdef HAS_ASIO_SERVER
  bayeux::AsioServer server(bus, {.port = 0});
  std::cout << "listens on port " << server.port() << '\n';
#endif
  std::string heard;
  bayeux::Loopback client(bus);
  client.subscribe("/hello", [&](const bayeux::Message& message) { heard = message.data["text"].as_string(); });
  if (bus.channel("/hello").publish({{"text", "hello world"}})) return 1;
  std::cout << heard << '\n';
  return heard == "hello world" ? 0 : 1;
}
