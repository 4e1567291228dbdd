#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include <asio/io_context.hpp>

#include <bayeux/bus.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "connection_set.hpp"
#include "counters.hpp"
#include "deadlines.hpp"
#include "input_room.hpp"
#include "peer_addresses.hpp"
#include "readiness.hpp"
#include "site.hpp"
#include "tls_context.hpp"
#include "wake_queue.hpp"

namespace bayeux::http1 {

/// What the connections of a server share. It outlives the server where the io_context still holds handlers of
/// closed connections, which touch nothing of it any more.
struct ServerCore {
  ServerCore(Bus& its_bus, asio::io_context& io, AsioServerConfig given, std::function<void()> on_removed)
      : bus(its_bus),
        config(std::move(given)),
        input(config.max_total_input),
        addresses(config.max_connections_per_address, config.unlimited_addresses),
        site(std::make_unique<Site>(its_bus, config)),
        tls(config.tls ? load_tls(*config.tls) : nullptr),
        deadlines(std::make_shared<Deadlines>(io, lengths(config))),
        wakes(std::make_shared<WakeQueue>(io)),
        connections(std::move(on_removed)),
        readiness(make_readiness(io, connections)) {}

  static Deadlines::Lengths lengths(const AsioServerConfig& config) {
    constexpr Milliseconds linger{2'000};
    constexpr Milliseconds leave{5'000};
    return {config.header_timeout,
            config.body_timeout,
            config.idle_timeout,
            config.write_timeout,
            linger,
            config.tls_handshake_timeout,
            config.ping_interval,
            leave,
            config.event_source_ping_interval};
  }

  const Bus& bus;
  const AsioServerConfig config;
  Counters counters;
  InputRoom input;
  PeerAddresses addresses;
  std::unique_ptr<Site> site;
  const std::unique_ptr<TlsContext> tls;  ///< Null where connections are not encrypted.
  const std::shared_ptr<Deadlines> deadlines;
  const std::shared_ptr<WakeQueue> wakes;
  ConnectionSet connections;
  const std::shared_ptr<Readiness> readiness;
  std::atomic<bool> stopping{false};
};

}  // namespace bayeux::http1
