#pragma once

#include <memory>
#include <vector>

#include <asio/io_context.hpp>

namespace bayeux::http1 {

class Connection;
class ConnectionSet;

/// Tells the connections of a server when their sockets have become ready, by Connection::tell, on a thread of the
/// server.
///
/// Threads: any; what is about one connection, in a turn of it.
class Readiness {
 public:
  virtual ~Readiness() = default;

  /// Begins to watch a connection, until its socket is closed. Call it once, when it is in the set.
  ///
  /// Errors: throws std::system_error.
  virtual void add(Connection& connection) = 0;

  /// Tells it once when there is input, after reading found no more.
  virtual void wait_readable(Connection& connection) = 0;

  /// Tells it once when there is room for output, after writing found none.
  virtual void wait_writable(Connection& connection) = 0;

  /// Tells those that they were woken, and before that those of them whose peer has hung up: nothing is written to a
  /// peer that was seen to go.
  virtual void wake(const std::vector<std::shared_ptr<Connection>>& connections) = 0;

  /// Tells nobody any more.
  virtual void stop() noexcept = 0;
};

/// `connections` must outlive it.
std::shared_ptr<Readiness> make_readiness(asio::io_context& io, ConnectionSet& connections);

}  // namespace bayeux::http1
