#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/config.hpp>
#include <bayeux/frame.hpp>

#include "shard.hpp"

namespace bayeux::engine {

/// What a subscribe or unsubscribe came to.
enum class Change : std::uint8_t { done, session_unknown, channel_unknown, too_many };

/// Finds the shard of a client, locks it, lets it work, unlocks, and then carries out the effects. The only file
/// with locks in it: a thread holds one at a time, and never while code of the host runs.
///
/// Every member may be called from any thread. Those that name a client give a value which says "unknown" (false,
/// nothing, session_unknown) when there is no such session.
class Router final {
 public:
  using RemovedHandler = std::function<void(const std::string& id, Removal why)>;

  /// `removed` is called for every session that ends, under no lock.
  Router(const Config& config, const Clock& clock, RemovedHandler removed);

  /// False when there are max_sessions already.
  bool open(const std::string& id, std::string browser);
  bool remove(std::string_view id, Removal why, const Frame& farewell, const std::shared_ptr<Outlet>& last);
  bool contains(std::string_view id);

  /// A message of that client came in. False also when it did not come from the browser that the session is bound
  /// to; `browser` is the cookie presented, nullptr where the transport has none.
  bool touch(std::string_view id, const std::string* browser);

  /// All names or none. `mark` is the number of the first event that may follow from it.
  Change subscribe(std::string_view id, const std::vector<std::string>& names, std::uint64_t& mark);
  Change unsubscribe(std::string_view id, const std::vector<std::string>& names);
  std::size_t subscribers(std::string_view name);

  void publish(std::vector<Name> names, const Frame& frame, std::string_view excluded);
  bool deliver(std::string_view id, const Frame& frame);

  /// See Shard. Nothing when the session is unknown.
  std::optional<Before> begin_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  bool hold(std::string_view id, const std::shared_ptr<Outlet>& outlet, ConnectRequest request);
  void end_connect(std::string_view id, Milliseconds interval, bool told_to_poll = false);

  void attach(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  void detach(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  void begin_batch(std::string_view id);
  void end_batch(std::string_view id);

  Taken take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain);

  /// True when `take` would give something.
  bool ready(std::string_view id, const Outlet& outlet);

  /// True when the session that the link served has ended or is served by another.
  bool left(std::string_view id, const Outlet& outlet);

  std::optional<Time> next_deadline();
  void run_due();
  void set_alarm(std::function<void()> alarm);

  Stats stats() const noexcept;

 private:
  struct alignas(64) Slot {
    explicit Slot(const Config& config) : shard(config) {}
    std::mutex mutex;
    Shard shard;
    std::atomic<Time::rep> earliest{no_deadline};
  };

  template <class Work>
  static auto locked(Slot& slot, Effects& effects, Work&& work);
  template <class Result, class Work>
  Result with(std::string_view id, const Result& unknown, Work&& work);
  Slot& slot_of(std::string_view id) noexcept;
  void conclude(Effects& effects);
  void ring_if_earlier(Time::rep earliest);

  const Config& config_;
  const Clock& clock_;
  const RemovedHandler removed_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::atomic<std::size_t> sessions_{0};
  std::atomic<std::uint64_t> publications_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> wakes_{0};

  /// What next_deadline last said.
  std::atomic<Time::rep> announced_{no_deadline};
  std::mutex alarm_mutex_;
  std::shared_ptr<const std::function<void()>> alarm_;
};

}  // namespace bayeux::engine
