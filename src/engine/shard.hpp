#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bayeux/config.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/listener.hpp>

#include "deadlines.hpp"
#include "effects.hpp"
#include "name.hpp"
#include "session.hpp"
#include "subscriptions.hpp"

namespace bayeux::engine {

/// One message for all who are subscribed to one of the names.
struct Publication {
  std::vector<Name> names;
  Frame frame;
  std::uint64_t number;       ///< Differs from that of every other publication.
  std::string_view excluded;  ///< The client that does not get it; empty for none.
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
  bool told_to_poll;  ///< Its last connect was turned away in favour of other windows: it holds such advice.
};

/// What a session has to say over a link, and what has become of that link.
struct Taken {
  std::vector<Frame> events;
  std::uint64_t first = 0;  ///< The sequence number of the first of them.
  Outlet::Connect connect = Outlet::Connect::none;
  std::optional<Removal> ended;
};

/// A part of all sessions, with their subscriptions and deadlines: plain code for one thread at a time. What must
/// happen outside of the lock is left in Effects.
class Shard final {
 public:
  explicit Shard(const Config& config) : config_(config) {}

  Session& add(std::string id, std::string browser, Effects& effects);
  Session* find(std::string_view id) const;

  /// Ends a session. What is queued, and then `farewell`, goes to the link that its client listens to, or else to
  /// `last`, the one over which it asked for the end.
  void remove(Session& session, Removal why, const Frame& farewell, Outlet* last, Effects& effects);

  /// A message of the client came in.
  void touch(Session& session, Effects& effects);

  Subscriptions& subscriptions() noexcept { return subscriptions_; }

  void publish(const Publication& publication, Effects& effects);
  void deliver(Session& session, const Frame& frame, Effects& effects);

  /// Takes the place of the connect that is held, if one is.
  Before begin_connect(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// False when there is something to say at once.
  bool hold(Session& session, const std::shared_ptr<Outlet>& outlet, ConnectRequest request, Effects& effects);

  /// The connect was answered without being held.
  void end_connect(Session& session, Milliseconds interval, bool told_to_poll, Effects& effects);

  /// Lets messages leave over a duplex link from now on.
  void attach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// The link has gone: what is queued stays, and the time to come back begins.
  void detach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects);

  /// Takes events, up to `max_bytes` (at least one), when `drain`; and the state of the connect, which is cleared.
  Taken take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain);

  void begin_batch(Session& session) noexcept { ++session.batches; }
  void end_batch(Session& session, Effects& effects);

  /// Does what is due.
  void run_due(Effects& effects);
  std::optional<Time> next_deadline() const noexcept { return deadlines_.next(); }

 private:
  void enqueue(Session& session, const Frame& frame, Effects& effects);
  void flush(Session& session, Effects& effects);
  void release(Session& session, Outlet::Connect how, Effects& effects);
  void arm_expiry(Session& session, Time now);

  const Config& config_;
  std::unordered_map<std::string, std::unique_ptr<Session>, NameHash, NameEqual> sessions_;
  Subscriptions subscriptions_;
  Deadlines deadlines_;
};

}  // namespace bayeux::engine
