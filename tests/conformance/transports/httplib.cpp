#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <bayeux/transports/adapters/httplib.hpp>

#include "conformance/transports/host_wire.hpp"

namespace bayeux::test {
namespace {

/// A thread for each connection, from the moment it comes: a pool would start all of its threads for every case.
class ThreadEach final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override { threads_.emplace_back(std::move(task)); }
  void shutdown() override {
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
};

class HttplibHost final : public Host {
 public:
  HttplibHost(Bus& bus, Endpoint& endpoint)
      : bayeux_(bus, endpoint, {.max_parked = 1'000, .hang_up_check = Milliseconds(2)}) {
    server_.new_task_queue = [] { return new ThreadEach; };
    server_.set_keep_alive_max_count(1'000'000).set_tcp_nodelay(true);
    bayeux_.serve(server_);
    port_ = static_cast<std::uint16_t>(server_.bind_to_any_port("127.0.0.1"));
    listening_ = std::thread([this] { server_.listen_after_bind(); });
  }

  ~HttplibHost() override {
    // It can be stopped once it listens.
    while (!server_.is_running()) std::this_thread::yield();
    bayeux_.stop();
    server_.stop();
    listening_.join();
  }

  std::uint16_t port() const override { return port_; }

 private:
  httplib::Server server_;
  HttplibEndpoint bayeux_;
  std::uint16_t port_ = 0;
  std::thread listening_;
};

}  // namespace

std::unique_ptr<Host> make_host(Bus& bus, Endpoint& endpoint) {
  return std::make_unique<HttplibHost>(bus, endpoint);
}

}  // namespace bayeux::test
