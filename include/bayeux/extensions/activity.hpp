#pragma once

#include <cstdint>
#include <memory>

#include <bayeux/clock.hpp>
#include <bayeux/extension.hpp>

namespace bayeux {

struct ActivityOptions {
  enum class Counts : std::uint8_t {
    client,         ///< What the client sends, connects apart.
    client_server,  ///< Also what it is sent. Each client then has what is published serialised for it alone.
  };

  /// For how long a client may be idle; more than `longest_time` is that. Must be positive.
  Milliseconds max_idle{0};

  Counts counts = Counts::client;

  std::shared_ptr<const Clock> clock = {};  ///< SystemClock when empty.
};

/// Ends the sessions of clients that go on connecting but do nothing else (protocol: "activity"): a user who has left.
/// It looks when a connect comes, which is answered with the advice to give up. The application hears
/// Removal::kicked. What it notes it keeps with the client, as attributes `activity` and `activity.watching`.
///
///     const auto idle = bus.add_extension(
///         std::make_shared<bayeux::Activity>(bayeux::ActivityOptions{.max_idle = std::chrono::minutes(30)}));
///
/// Threads: any, at once.
class Activity final : public Extension {
 public:
  /// Errors: throws std::system_error (config_invalid).
  explicit Activity(ActivityOptions options);

  Flow incoming(const Client& from, Message& message, Message& reply) override;

 private:
  const ActivityOptions options_;
};

}  // namespace bayeux
