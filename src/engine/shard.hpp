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

#include <bayeux/config.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/listener.hpp>

#include "deadlines.hpp"
#include "effects.hpp"
#include "name.hpp"
#include "rate_limit.hpp"
#include "session.hpp"
#include "session_table.hpp"
#include "subscriptions.hpp"

namespace bayeux::engine {

/// One message for all who are subscribed to one of the names.
struct Publication {
  std::vector<Name> names;
  Frame frame;
  std::uint64_t number;       ///< Differs from that of every other publication.
  std::string_view excluded;  ///< The client that does not get it; empty for none.
  bool personal = false;      ///< Nobody gets the frame: everybody is to have one of their own.
};

/// How a connect is to be treated.
struct ConnectRequest {
  Milliseconds timeout;          ///< How long to hold it.
  Milliseconds interval;         ///< What the client says it will wait afterwards.
  std::shared_ptr<void> ticket;  ///< Kept while it is held.
};

/// What a session was like when a connect came in.
struct Before {
  bool connected;     ///< It had connected before.
  bool told_to_poll;  ///< What it was advised with its last connect was not for one that polls.
  bool listens;       ///< Its events leave by a stream, so that the connect is not to be held.
  bool has_stream;    ///< That stream stands.
};

/// What a session has to say over a link, and what has become of that link.
struct Taken {
  std::vector<Item> events;
  Outlet::Connect connect = Outlet::Connect::none;
  std::optional<Removal> ended;

  /// The client acknowledges these events by the connect whose answer comes with them.
  bool numbered = false;
  bool moved = false;
  bool more = false;  ///< Not all that could be taken fitted.
};

/// What all shards of a bus know.
struct Common {
  explicit Common(const Config& its_config) : config(its_config) {}
  const Config& config;
  std::shared_ptr<std::atomic<std::size_t>> bytes = std::make_shared<std::atomic<std::size_t>>(0);
  const std::unique_ptr<Interest> interest = std::make_unique<Interest>();
  std::atomic<bool> watches_connects{false};  ///< Somebody wants to know whose connect was let go.
  const RateLimit publish_limit{config.publish_rate, config.publish_burst};
};

/// A part of all sessions, with their subscriptions and deadlines: plain code for one thread at a time. What must
/// happen outside of the lock is left in Effects. How queues fill and empty is in shard_queue.cpp, what gives way in
/// shard_room.cpp, how all sessions leave in shard_leaving.cpp.
class Shard final {
 public:
  Shard(const Common& common, std::size_t number);

  Session& add(std::string_view id, std::string browser, Effects& effects);
  Session* find(std::string_view id) const { return sessions_.find(id); }
  Session* find(const Id& id) const { return sessions_.find(id); }
  void append_ids(std::vector<std::string>& ids) const { sessions_.append_ids(ids); }

  /// Ends a session. What is queued, and then `farewell`, goes to the link that its client listens to, or else to
  /// `last`.
  void remove(Session& session, Removal why, const Frame& farewell, Outlet* last, Effects& effects);

  /// A message of that client came in.
  void touch(Session& session, Effects& effects) { prolong(session, config_.max_interval, effects); }

  /// False when its client publishes too often.
  bool may_publish(Session& session, Time now) noexcept {
    return common_.publish_limit.take(session.publish_full, now);
  }

  /// The session lives for at least so long.
  void prolong(Session& session, Milliseconds span, Effects& effects);

  Subscriptions& subscriptions() noexcept { return subscriptions_; }

  void publish(const Publication& publication, Effects& effects);
  void deliver(Session& session, const Frame& frame, Effects& effects);

  /// Keeps the next place in the queue until it is filled; an empty frame gives it up. A place counts as a message,
  /// and there is none where `like`, or without it one of which nothing is known, would not fit.
  std::optional<std::uint64_t> reserve(Session& session, const Frame& like, Effects& effects);
  void fill(Session& session, std::uint64_t number, const Frame& frame, Effects& effects);

  /// What a queue has by one measure.
  using Measure = std::size_t (Session::*)() const noexcept;

  /// Cuts queues down to `most`, the oldest first, until there is `enough` room; where a message must not be missed the
  /// session ends. Gives the most that any has now.
  std::size_t shorten(Measure measure, std::size_t most, const std::function<bool()>& enough, Effects& effects);

  /// Takes the place of the connect that is held, if one is. `listens` when the client says that it hears a stream: the
  /// session is served by that, and otherwise by the link that brings the connect.
  Before begin_connect(Session& session, const std::shared_ptr<Outlet>& outlet, bool listens, Effects& effects);

  /// False when there is something to say at once: then it is to be answered.
  bool hold(Session& session, const std::shared_ptr<Outlet>& outlet, ConnectRequest request, Effects& effects);

  /// The connect is to be answered without being held.
  void end_connect(Session& session, const std::shared_ptr<Outlet>& outlet, Milliseconds interval, bool told_to_poll,
                   Effects& effects);

  /// Lets messages leave over a duplex link from now on.
  void attach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// The same over a link which brings no requests. It is left aside as long as the client polls: it may not know yet
  /// that the stream stands, or something on the way may swallow it.
  void listen(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// The link has gone: what is queued stays, and the time to come back begins.
  void detach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// Takes events, up to `max_bytes` (at least one), when `drain`; and the state of the connect, which is cleared.
  Taken take(const Id& id, Outlet& outlet, std::size_t max_bytes, bool drain);

  /// True when a duplex link has something to take; otherwise it is woken again as soon as it has.
  bool can_push(Session& session, Outlet& outlet);

  void begin_request(Session& session) noexcept { ++session.requests; }
  void end_request(Session& session, Effects& effects);
  void begin_batch(Session& session) noexcept { ++session.batches; }
  void end_batch(Session& session, Effects& effects);
  void begin_batch_of_all() noexcept { ++batches_of_all_; }
  void end_batch_of_all(Effects& effects);

  /// One that acknowledges stays so.
  void set_connects_only(Session& session, bool on, Effects& effects);

  void keep_until_acknowledged(Session& session, Effects& effects);

  /// False when it never sent that batch.
  bool acknowledge(Session& session, std::int64_t batch);

  /// From now on each session ends as soon as its turn has come within `spread`, and nothing waits for it.
  void begin_leaving(Milliseconds spread, Effects& effects);

  bool is_leaving() const noexcept { return leaving_.has_value(); }

  /// Ends all that are left.
  void end_leaving(Effects& effects);

  /// Does what is due.
  void run_due(Effects& effects);
  std::optional<Time> next_deadline() const noexcept { return deadlines_.next(); }

  /// Copies that wait for its sessions, those which they have not acknowledged included.
  std::size_t queued() const noexcept { return queued_; }

  /// Connects that are held.
  std::size_t held() const noexcept { return held_; }
  std::size_t subscribed() const noexcept { return subscriptions_.size(); }

 private:
  bool enqueue(Session& session, const Frame& frame, Effects& effects);
  bool make_room(Session& session, const Frame& frame, std::optional<std::uint64_t> place, Effects& effects);
  bool give_way(Session& session, const Frame& frame, std::optional<std::uint64_t> place, Effects& effects);
  std::size_t others(const Session& session, const Item* older, bool has_place) const noexcept;
  bool is_full(const Session& session, std::size_t size, const Item* older, bool has_place) const noexcept;
  bool all_are_full(std::size_t places) const noexcept { return no_bytes_left_ || queued_ - places >= most_queued_; }
  void look_for_room() noexcept;
  void keep_room(Effects& effects);
  bool lose(Session& session, const Frame& frame, Effects& effects);
  Overflow overflow_of(const Session& session, const Frame& frame) const noexcept;
  bool cut(Session& session, Measure measure, std::size_t most, Effects& effects);
  void expel_later(Session& session);
  void press(Session& session, const Frame& frame, Effects& effects);
  const Item* older_of(const Session& session, const Frame& frame) const;
  bool drop(Session& session, std::uint64_t number);
  void remember(Session& session, const Frame& frame, std::uint64_t number);
  void forget(Session& session, const Item& item) noexcept;
  Item pop(Session& session) noexcept;
  void take_events(Session& session, std::size_t max_bytes, std::vector<Item>& events);
  void repeat(Session& session, Effects& effects);
  void expel(Effects& effects);
  void hand_over(Session& session, const Frame& farewell, Outlet& last);

  bool wants_out(const Session& session) const noexcept;
  void wait_for_all(Session& session);
  void flush(Session& session, Effects& effects);
  void release(Session& session, Outlet::Connect how, Effects& effects);
  void answer(Session& session, const std::shared_ptr<Outlet>& outlet);
  void serve(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);
  void arm_expiry(Session& session, Time now);
  void arm_service(Session& session);

  Time leaves_at(const Session& session) const noexcept;
  bool may_leave(const Session& session, Time now) const noexcept;
  bool leave(Session& session, Effects& effects);
  void wait_for_turn(Session& session, Time now) const noexcept;
  Time end_of_hold(const Session& session, Time now, Milliseconds timeout) const noexcept;

  // What changes with every message comes first: it shares a line of cache with the lock, and what is only read then is
  // not taken from the other threads all the time.
  std::size_t queued_ = 0;

  /// All queues together hold all the bytes that they may: looked up once for each publish.
  bool no_bytes_left_ = false;

  const Common& common_;
  const Config& config_;
  SessionTable sessions_;
  Subscriptions subscriptions_;
  Deadlines deadlines_;
  std::size_t batches_of_all_ = 0;
  std::size_t held_ = 0;

  /// Its part of Config::max_total_messages.
  const std::size_t most_queued_;

  struct Leaving {
    Time from;
    Milliseconds spread;
  };
  std::optional<Leaving> leaving_;

  /// Those who have something that waits for the end of a batch of all, and those who are to end.
  std::vector<Session*> waiting_;
  std::vector<Session*> expelled_;
};

}  // namespace bayeux::engine
