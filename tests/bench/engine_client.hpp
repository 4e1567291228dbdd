#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

namespace bayeux::bench {

/// Counts how often it was woken.
class CountingCarrier final : public Carrier {
 public:
  void wake() noexcept override { wakes_.fetch_add(1, std::memory_order_relaxed); }

  /// How often since this was last asked.
  std::uint32_t take_wakes() noexcept {
    return wakes_.load(std::memory_order_relaxed) != 0 ? wakes_.exchange(0, std::memory_order_acquire) : 0;
  }

 private:
  std::atomic<std::uint32_t> wakes_{0};
};

/// How a client of the measurement is served.
enum class Carriage : std::uint8_t {
  lasting,   ///< One link for everything, over which messages leave at any time, as in-process clients have it.
  exchange,  ///< A link for each request, as long-polling has it.
};

/// A client in this process, which speaks to the bus as a transport does: through links and nothing else. Requests are
/// JSON texts. Failures end the program.
///
/// Threads: one at a time.
class EngineClient final {
 public:
  /// Shakes hands and connects for the first time.
  EngineClient(Bus& bus, Carriage carriage);

  void subscribe(std::string_view channel);

  /// Connects, and lets the connect wait. False when it was answered at once.
  bool park();

  /// Connects so that it is answered at once, and gives the number of messages that came with the answer.
  std::size_t poll();

  /// Takes what there is, and gives the number of messages among it.
  std::size_t take();

  /// How often it was woken since this was last asked.
  std::uint32_t take_wakes() noexcept { return carrier_->take_wakes(); }

  const std::string& id() const noexcept { return id_; }

  void disconnect();

  /// Gives away its end of the connection, which is all that is needed to stay there.
  std::unique_ptr<Link> hand_over() && { return std::move(link_); }

 private:
  void send(std::string_view channel, std::string_view more);

  Bus& bus_;
  const Carriage carriage_;
  std::shared_ptr<CountingCarrier> carrier_ = std::make_shared<CountingCarrier>();
  std::unique_ptr<Link> link_;
  std::string id_;
};

/// The message of a handshake.
inline constexpr std::string_view handshake_text =
    R"([{"id":"1","version":"1.0","minimumVersion":"1.0","channel":"/meta/handshake",)"
    R"("supportedConnectionTypes":["in-process","long-polling"],"advice":{"timeout":60000,"interval":0}}])";

/// The client id in the reply to a handshake.
std::string client_id_of(const std::vector<Frame>& frames);

/// How many of them are events.
std::size_t events_among(const std::vector<Frame>& frames);

/// As much as a link will give.
inline constexpr std::size_t all_bytes = 1 << 30;

/// The defaults, without the limits that a measurement of a million of something would meet.
Config roomy_config();

[[noreturn]] void give_up(const char* what);

}  // namespace bayeux::bench
