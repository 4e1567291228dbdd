#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  bayeux::AsioServer server(bus, options.server);

  // What a client sends to /service/echo comes back to it alone, with the id of its message: a remote call.
  const auto echo = bus.channel("/service/echo").on_message([](const auto& from, const auto& message) {
    from.deliver(message.channel, message.data.json(), {.id = message.id});
  });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
