#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <bayeux/fwd.hpp>
#include <bayeux/transport.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux::endpoint {

/// What an endpoint counts. Carriers may outlive it for a moment, and share it.
struct Counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::int64_t> open{0};
  std::atomic<std::int64_t> parked{0};
  std::atomic<std::int64_t> websockets{0};
  std::atomic<std::uint64_t> bad_upgrades{0};
};

/// Makes one call of many wakes: the next one comes only after somebody has looked and found nothing.
///
/// Threads: `wake` any; the rest, whoever looks.
class WakeOnce final : public Carrier {
 public:
  WakeOnce(WakeFunction function, Bus& bus, std::shared_ptr<Counters> counters, bool counted);

  void wake() noexcept override;

  /// Before looking at the bus: what wakes from now on asks for another look.
  void begin_look() noexcept;

  /// After finding nothing. False when the bus has waked meanwhile: look again.
  bool park() noexcept;

  /// Nobody is called any more.
  void stop() noexcept;

 private:
  enum class Now { looking, parked, woken };

  /// Whatever was, it is that now.
  Now become(Now next) noexcept;

  const WakeFunction function_;
  Bus& bus_;
  const std::shared_ptr<Counters> counters_;
  const bool counted_;
  std::atomic<Now> now_{Now::looking};
};

}  // namespace bayeux::endpoint
