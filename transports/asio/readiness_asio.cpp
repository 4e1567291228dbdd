#include <system_error>

#include "connection.hpp"
#include "readiness.hpp"

namespace bayeux::http1 {
namespace {

/// By Asio's own waits, where there is no epoll.
class AsioReadiness final : public Readiness {
 public:
  void add(Connection&) override {}

  void wait_readable(Connection& connection) override {
    wait(connection, Socket::Waited::wait_read, Connection::readable);
  }

  void wait_writable(Connection& connection) override {
    wait(connection, Socket::Waited::wait_write, Connection::writable);
  }

  void wake(const std::vector<std::shared_ptr<Connection>>& connections) override {
    for (const auto& connection : connections) connection->tell(Connection::rereading | Connection::woken);
  }

  void stop() noexcept override {}

 private:
  static void wait(Connection& connection, Socket::Waited::wait_type kind, Connection::Reasons reasons) {
    connection.stream().socket().waited().async_wait(
        kind, [self = connection.shared_from_this(), reasons](std::error_code error) {
          self->tell(error ? Connection::killed : reasons);
        });
  }
};

}  // namespace

std::shared_ptr<Readiness> make_readiness(asio::io_context&, ConnectionSet&) {
  return std::make_shared<AsioReadiness>();
}

}  // namespace bayeux::http1
