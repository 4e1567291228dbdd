#include <system_error>

#include <bayeux/error.hpp>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a build without TLS says so", "[tls]") {
  Bus bus;
  AsioServerConfig config = RunningServer::on_free_port({});
  config.tls = TlsConfig{"certificate.pem", "key.pem"};
  try {
    AsioServer server(bus, config);
    FAIL("it began to listen");
  } catch (const std::system_error& error) {
    CHECK(error.code() == Errc::config_invalid);
    CHECK(std::string(error.what()).find("built without TLS") != std::string::npos);
  }
}
