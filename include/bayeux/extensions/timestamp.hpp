#pragma once

#include <string>

#include <bayeux/extension.hpp>
#include <bayeux/extensions/wall_clock.hpp>

namespace bayeux {

/// Writes into every message that leaves when it was made, as the member `timestamp`: `2024-03-01T10:00:00.123Z`
/// (protocol: "timestamp"). A published message is stamped once for all of its receivers.
///
///     const auto stamps = bus.add_extension(std::make_shared<bayeux::Timestamp>());
///
/// Threads: any, at once.
class Timestamp final : public Extension {
 public:
  explicit Timestamp(WallClock clock = {});

  Flow outgoing(const Client& from, Message& message) override;
  Flow reply(const Client& to, Message& message) override;

  /// A time of day as ISO 8601 writes it, in UTC and to the millisecond. Years stay between 0 and 9999.
  static std::string text(Milliseconds since_1970);

 private:
  void stamp(Message& message) const;

  const WallClock clock_;
};

}  // namespace bayeux
