#pragma once

#include <array>
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

/// The time limits of all connections of a server, behind one timer. Each kind of wait has one length, so those of
/// a kind stand in a queue in the order in which they end: setting, clearing and expiring cost the same however
/// many there are, and whoever waits for nothing costs nothing.
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
    Time due_{};
    Wait wait_ = Wait::nothing;

   public:
    virtual ~Entry() = default;
  };

  static constexpr std::size_t kinds = static_cast<std::size_t>(Wait::nothing);
  using Lengths = std::array<Milliseconds, kinds>;

  Deadlines(asio::io_context& io, const Lengths& lengths);

  /// Starts a wait, in place of the one that was.
  void set(Entry& entry, Wait wait);

  /// Ends a wait. Call it before the entry goes.
  void clear(Entry& entry) { set(entry, Wait::nothing); }

  /// True when the wait of the entry is over its time.
  bool passed(const Entry& entry) const;

  /// Lets the timer go; nothing expires after.
  void stop();

 private:
  struct Queue {
    Entry* first = nullptr;
    Entry* last = nullptr;
  };

  void unlink(Entry& entry);
  void append(Entry& entry, Wait wait);
  void start_timer(Time next);
  void tick();
  std::optional<Time> earliest() const;
  std::vector<std::shared_ptr<Entry>> take_due(Time now);

  mutable std::mutex mutex_;
  const Lengths lengths_;
  std::array<Queue, kinds> queues_{};
  Time timer_due_ = Time::max();  ///< When the timer looks next; never when it is not set.
  bool stopped_ = false;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer timer_;
};

}  // namespace bayeux::http1
