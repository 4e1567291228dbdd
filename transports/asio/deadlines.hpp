#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <bayeux/clock.hpp>

namespace bayeux::http1 {

/// What a connection is waiting for, as far as that may not take for ever.
enum class Wait : std::uint8_t { header, body, idle, write, linger, handshake, websocket, leave, stream, nothing };

/// The time limits of all connections of a server, behind one timer: a wheel, whose slots hold those that are to be
/// looked at when their time has come.
///
/// Most waits end before they are over, and another begins. So a wait that begins or ends only notes when it is over;
/// the entry stays in its slot, and moves on when it is looked at. It moves at once only where it must be looked at
/// earlier. Costs the same however many there are; whoever waits for nothing costs nothing.
///
/// Threads: any. An entry: one at a time.
class Deadlines final : public std::enable_shared_from_this<Deadlines> {
 public:
  /// What has a deadline: at most one at a time.
  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// Called on any thread, without a lock; the wait may have ended meanwhile.
    virtual void deadline_passed() = 0;

   private:
    friend class Deadlines;
    /// Keeps it alive for the call; null when it is being destroyed.
    virtual std::shared_ptr<Entry> keep() noexcept = 0;

    Entry* previous_ = nullptr;
    Entry* next_ = nullptr;
    std::size_t slot_ = 0;
    std::atomic<Time> due_{Time::max()};        ///< When the wait is over.
    std::atomic<Time> looked_at_{Time::max()};  ///< When it is looked at next; never when it is in no slot.

   public:
    virtual ~Entry() = default;
  };

  static constexpr std::size_t kinds = static_cast<std::size_t>(Wait::nothing);
  using Lengths = std::array<Milliseconds, kinds>;

  Deadlines(asio::io_context& io, const Lengths& lengths);

  /// Starts a wait, in place of the one that was; `Wait::nothing` starts none.
  void set(Entry& entry, Wait wait);

  /// Ends its wait for good. Call it before the entry goes.
  void remove(Entry& entry);

  /// True when the wait of the entry is over its time.
  static bool passed(const Entry& entry) noexcept;

  /// Lets the timer go; nothing expires after.
  void stop();

 private:
  static constexpr std::size_t slots = 1024;

  void schedule(Entry& entry, Time due);
  void link(Entry& entry, Time due);
  void unlink(Entry& entry);
  std::optional<Time> earliest() const;
  std::vector<std::shared_ptr<Entry>> take_due(Time now);
  void look_at(Entry*& slot, Time now, std::vector<std::shared_ptr<Entry>>& due);
  void start_timer(Time next);
  void tick();

  std::mutex mutex_;
  const Lengths lengths_;
  std::array<Entry*, slots> wheel_{};
  std::int64_t looked_ = 0;       ///< The last slot that was looked at, counted from the beginning of time.
  Time timer_due_ = Time::max();  ///< When the timer looks next; never when it is not set.
  bool stopped_ = false;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer timer_;
};

}  // namespace bayeux::http1
