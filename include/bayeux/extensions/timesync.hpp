#pragma once

#include <bayeux/extension.hpp>
#include <bayeux/extensions/wall_clock.hpp>

namespace bayeux {

struct TimeSyncOptions {
  /// How far a client's idea of the server's time may be off before it is corrected.
  Milliseconds accuracy{25};

  WallClock clock = {};
};

/// Lets clients find out how far their clock is from the server's (protocol: "timesync"): `ext.timesync` of a request
/// to a meta channel is answered with when it came and for how long it was kept, also where a connect was held.
///
/// What a client says is its lag, the time that a message takes to the server, is kept as its attribute `lag`, of
/// type Milliseconds. Nothing checks it.
///
///     const auto sync = bus.add_extension(std::make_shared<bayeux::TimeSync>());
///     const auto lag = client.attribute<bayeux::Milliseconds>("lag");
///
/// An `ext.timesync` that makes no sense is ignored: the message is answered without.
///
/// Threads: any, at once.
class TimeSync final : public Extension {
 public:
  explicit TimeSync(TimeSyncOptions options = {});

  Flow incoming(const Client& from, Message& message, Message& reply) override;
  Flow reply(const Client& to, Message& message) override;

 private:
  const TimeSyncOptions options_;
};

}  // namespace bayeux
