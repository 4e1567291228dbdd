#include <cstdio>
#include <exception>

#include <bayeux/bus.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "net.hpp"

/// The bus in the embedded server as they come: one thread, all defaults and limits but those on how often, because it is
/// measured how often.
int main(int count, char* values[]) try {
  bayeux::AsioServerConfig config;
  config.port = bayeux::bench::port_argument(count, values);
  bayeux::bench::raise_descriptor_limit();
  bayeux::Bus bus({.publish_rate = 0, .handshake_rate = 0, .handshake_rate_per_address = 0});
  bayeux::AsioServer server(bus, config);
  server.stop_on_signals();
  bayeux::bench::announce(server.port());
  server.run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
