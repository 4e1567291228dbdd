#include <cstdint>
#include <future>
#include <memory>
#include <utility>

#include <bayeux/transports/adapters/restinio.hpp>

#include "conformance/transports/host_wire.hpp"

namespace bayeux::test {
namespace {

struct Traits : restinio::default_traits_t {
  using connection_state_listener_t = RestinioConnections;
};

class RestinioHost final : public Host {
 public:
  explicit RestinioHost(Endpoint& endpoint) : bayeux_(endpoint, io_) {
    std::promise<std::uint16_t> port;
    server_ = restinio::run_async<Traits>(restinio::external_io_context(io_), settings(port), threads);
    port_ = port.get_future().get();
  }

  std::uint16_t port() const override { return port_; }

 private:
  static constexpr std::size_t threads = 2;

  restinio::server_settings_t<Traits> settings(std::promise<std::uint16_t>& port) {
    restinio::server_settings_t<Traits> settings;
    settings.address("127.0.0.1")
        .port(0)
        .acceptor_post_bind_hook([&port](auto& acceptor) { port.set_value(acceptor.local_endpoint().port()); })
        .socket_options_setter([](auto& options) { options.set_option(restinio::asio_ns::ip::tcp::no_delay(true)); })
        .connection_state_listener(bayeux_.connections())
        .max_pipelined_requests(2)
        .handle_request_timeout(std::chrono::seconds(60))
        .request_handler([this](auto request) {
          return bayeux_.serves(*request) ? bayeux_.accept(request) : restinio::request_rejected();
        });
    return settings;
  }

  restinio::asio_ns::io_context io_;
  RestinioEndpoint<Traits> bayeux_;
  restinio::running_server_handle_t<Traits> server_;
  std::uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<Host> make_host(Bus&, Endpoint& endpoint) {
  return std::make_unique<RestinioHost>(endpoint);
}

}  // namespace bayeux::test
