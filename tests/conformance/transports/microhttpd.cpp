#include <bayeux/transports/adapters/microhttpd.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <memory>

#include "conformance/transports/host_wire.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// A daemon with two threads, which serves nothing but the bus.
class MicrohttpdHost final : public Host {
 public:
  explicit MicrohttpdHost(Endpoint& endpoint) : bayeux_(endpoint) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    daemon_ = MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr,
                               &on_request, this, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this,
                               MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
    REQUIRE(daemon_ != nullptr);
  }
  ~MicrohttpdHost() override {
    bayeux_.stop();
    MHD_stop_daemon(daemon_);
  }

  std::uint16_t port() const override { return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port; }

 private:
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, std::size_t* size, void** request) {
    auto& bayeux = static_cast<MicrohttpdHost*>(self)->bayeux_;
    return bayeux.serves(url) ? bayeux.answer(connection, url, method, data, size, request) : MHD_NO;
  }

  static void on_completed(void* self, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
    static_cast<MicrohttpdHost*>(self)->bayeux_.complete(request);
  }

  MicrohttpdEndpoint bayeux_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace

std::unique_ptr<Host> make_host(Bus&, Endpoint& endpoint) {
  return std::make_unique<MicrohttpdHost>(endpoint);
}

}  // namespace bayeux::test
