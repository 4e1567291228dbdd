#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/client.hpp>
#include <bayeux/config.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/stats.hpp>

#include "alarm.hpp"
#include "router_counters.hpp"
#include "shard.hpp"
#include "spinning_mutex.hpp"

namespace bayeux::engine {

/// What a subscribe or unsubscribe came to.
enum class Change : std::uint8_t { done, session_unknown, too_many, too_many_of_all };

/// Whether a message is the client's, and may be worked on.
enum class Touch : std::uint8_t { known, unknown, too_often };

/// What changed: the names that were not held before, or no longer are.
struct Changed {
  std::vector<std::string> names;
  std::uint64_t mark = 0;  ///< The number of the first event that may follow from a subscription.
};

/// Told what happened in the engine, under no lock, on whatever thread it happened.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void session_removed(const Effects::Removed& removed) = 0;
  virtual void names_emptied(const std::vector<std::string>& names) = 0;
  virtual void queue_full(const std::string& id) = 0;
  virtual void over_total(std::uint64_t times) = 0;
  virtual void connect_released(const std::string& id) = 0;
};

/// Finds the shard of a client, locks it, lets it work, unlocks, and then carries out the effects. With Alarm the only
/// place with locks in the engine: a thread holds one at a time, and never while code of the host runs.
///
/// Every member may be called from any thread. Those that name a client give a value which says "unknown" (false,
/// nothing, session_unknown) when there is no such session.
class Router final {
 public:
  Router(const Config& config, const Clock& clock, Observer& observer);

  /// False when there are max_sessions already, and when all are leaving.
  bool open(const std::string& id, std::string browser);
  bool remove(std::string_view id, Removal why, const Frame& farewell, const std::shared_ptr<Outlet>& last);
  bool contains(std::string_view id);
  std::vector<std::string> ids();

  /// A message of that client came in. It is unknown also when it did not come from the browser that the session is
  /// bound to; `browser` is the cookie presented, nullptr where the transport has none. One that `publishes` takes
  /// from what the session may publish.
  Touch touch(std::string_view id, const std::string* browser, bool publishes = false);

  /// `touch` and `begin_connect` at once. False when one of them would have more to say than that the client goes on
  /// polling: then nothing was done.
  bool begin_poll(std::string_view id, const std::string* browser, const std::shared_ptr<Outlet>& outlet);

  /// The session lives for at least so long.
  void prolong(std::string_view id, Milliseconds span);

  /// Whether these names fit; and all of them, with a first event where there is one.
  Change check_room(std::string_view id, const std::vector<std::string>& names);
  Change subscribe(std::string_view id, const std::vector<std::string>& names, const Frame& first, Changed& changed);
  Change unsubscribe(std::string_view id, const std::vector<std::string>& names, Changed& changed);
  std::size_t subscribers(std::string_view name);
  bool is_subscribed(std::string_view id, std::string_view name);

  /// Gives those for whom a message of their own has to be made; all receivers, when `personal`.
  std::vector<std::string> publish(std::vector<Name> names, const Frame& frame, std::string_view excluded,
                                   bool personal);
  bool deliver(std::string_view id, const Frame& frame);

  /// The same, as long as the client is subscribed to one of the names.
  void deliver_to_subscriber(std::string_view id, const std::vector<std::string>& names, const Frame& frame);

  /// See Shard.
  std::optional<std::uint64_t> reserve(std::string_view id, const Frame& like = {});
  void fill_for_subscriber(std::string_view id, const std::vector<std::string>& names, std::uint64_t number,
                           const Frame& frame);
  void fill(std::string_view id, std::uint64_t number, const Frame& frame);
  std::optional<Before> begin_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet, bool listens = false);
  std::optional<bool> hold(std::string_view id, const std::shared_ptr<Outlet>& outlet, ConnectRequest request);
  bool end_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet, Milliseconds interval,
                   bool told_to_poll = false);
  void attach(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  bool listen(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  void detach(std::string_view id, const std::shared_ptr<Outlet>& outlet);
  void begin_request(std::string_view id);
  void end_request(std::string_view id);
  bool begin_batch(std::string_view id);
  void end_batch(std::string_view id);
  void begin_batch_of_all();
  void end_batch_of_all();

  Taken take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain);

  /// True when `take` would give something; otherwise the link is woken again as soon as it would.
  bool ready(std::string_view id, Outlet& outlet);

  /// True when the session that the link served has ended or is served by another.
  bool left(std::string_view id, const Outlet& outlet);

  // How one session is served.
  bool set_connects_only(std::string_view id, bool on);
  bool set_personal(std::string_view id, bool on);
  bool keep_until_acknowledged(std::string_view id);

  /// Nothing when the session is unknown, false when it never sent that batch.
  std::optional<bool> acknowledge(std::string_view id, std::int64_t batch);
  std::int64_t sent_batch(std::string_view id);
  Client::Waiting waiting(std::string_view id);

  /// Frames that count towards the limits of the process say so.
  const std::shared_ptr<std::atomic<std::size_t>>& bytes() const noexcept { return common_.bytes; }
  void watch_connects() noexcept { common_.watches_connects = true; }

  /// See Shard.
  void begin_leaving(Milliseconds spread);
  void end_leaving();

  /// Sessions that live.
  std::size_t sessions() const noexcept { return sessions_.load(); }

  std::optional<Time> next_deadline();
  void run_due();
  Alarm& alarm() noexcept { return alarm_; }

  Stats stats();

 private:
  struct alignas(64) Slot {
    Slot(const Common& common, std::size_t number) : shard(common, number) {}
    SpinningMutex mutex;
    std::atomic<Time::rep> earliest{no_deadline};
    Shard shard;

    /// Lets those who hold no lock know the next deadline.
    Time::rep show_earliest() noexcept;
  };

  template <class Work>
  static auto locked(Slot& slot, Effects& effects, Work&& work);
  template <class Result, class Work>
  Result with(std::string_view id, const Result& unknown, Work&& work);
  template <class Work>
  bool with(std::string_view id, Work&& work);
  Slot& slot_of(const Id& id) noexcept;
  Slot& slot_of(std::string_view id) noexcept { return slot_of(Id(id)); }
  bool comes_from(Session& session, const std::string* browser) const;
  void conclude(Effects& effects);
  void look_for_room(const Frame& frame);
  void relieve(std::size_t wanted, Time now);
  static void wake(std::vector<std::shared_ptr<Outlet>>& outlets);

  Common common_;
  const Config& config_;
  const Clock& clock_;
  Observer& observer_;
  Alarm alarm_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::atomic<std::size_t> sessions_{0};
  std::atomic<std::size_t> subscriptions_{0};
  std::atomic<std::uint64_t> publications_{0};

  /// One thread makes room for all; where that was to no avail, not again before then.
  std::atomic_flag relieving_;
  std::atomic<Time::rep> relieve_again_{0};

  // Every publish and every poll counts here, whichever thread they are on.
  RouterCounters counters_;
};

}  // namespace bayeux::engine
