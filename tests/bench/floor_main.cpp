#include "floor_server.hpp"
#include "net.hpp"

int main(int count, char* values[]) {
  const auto port = bayeux::bench::port_argument(count, values);
  bayeux::bench::raise_descriptor_limit();
  bayeux::bench::FloorServer server(port);
  bayeux::bench::announce(server.port());
  server.run();
}
