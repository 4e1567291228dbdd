#pragma once

#include <cstdint>
#include <memory>

#include <bayeux/transports/endpoint.hpp>

namespace bayeux::test {

/// A server of some HTTP stack at work: it hands the requests that are for the bus to an Endpoint.
///
/// It listens on a free port of 127.0.0.1, its threads run from its making to its end, and it leaves the clock of the
/// bus alone. Its end is that of its connections: the Endpoint goes right after it.
class Host {
 public:
  virtual ~Host() = default;
  virtual std::uint16_t port() const = 0;
};

/// What the file of a stack defines. It is linked with `host_polling.cpp` or with `host_websocket.cpp`, which make the
/// transports of it: with real clients on the wire.
std::unique_ptr<Host> make_host(Bus& bus, Endpoint& endpoint);

}  // namespace bayeux::test
