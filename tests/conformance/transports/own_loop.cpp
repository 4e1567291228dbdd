#include <thread>
#include <utility>

#include "conformance/transports/host_wire.hpp"
#include "own_loop_bus.hpp"
#include "own_loop_server.hpp"

namespace bayeux::test {
namespace {

/// The event loop of the example, on a thread of its own, which serves nothing but the bus.
class OwnLoop final : public Host {
 public:
  explicit OwnLoop(Endpoint& endpoint)
      : server_(0, {.max_body = endpoint.config().gateway.max_body},
                [this](const own::Request& request, std::shared_ptr<own::Reply> reply) {
                  if (to_bus_.serves(request.target)) return to_bus_.answer(request, std::move(reply));
                  reply->send({404, {}, {}});
                }),
        to_bus_(endpoint, server_.inbox()),
        thread_([this] { server_.run(); }) {}

  ~OwnLoop() override {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const override { return server_.port(); }

 private:
  own::Server server_;
  BusRoute to_bus_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Host> make_host(Bus&, Endpoint& endpoint) {
  return std::make_unique<OwnLoop>(endpoint);
}

}  // namespace bayeux::test
