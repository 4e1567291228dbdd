#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/clock.hpp>

#include "deadlines.hpp"
#include "outlet.hpp"
#include "queue.hpp"

namespace bayeux::engine {

struct Subscribers;

/// One client, as the engine knows it. Plain data of its shard. What a publish touches comes first and fills two lines
/// of cache: with many subscribers, fetching those is most of what a publish costs.
struct alignas(64) Session : Deadlines::Entry {
  /// One of its subscriptions: the list it stands in, and where.
  struct Subscription {
    Subscribers* list;
    std::size_t place;
  };

  explicit Session(std::string client_id) : id(std::move(client_id)) {}

  /// The number of the last publish that reached it: whoever matches several patterns gets one copy.
  std::uint64_t stamp = 0;

  /// Requests being worked on whose responses will carry what is queued: nothing is woken meanwhile.
  int batches = 0;

  /// Set by the first connect. Until then connects are answered at once.
  bool connected = false;

  /// Whether its browser has ever come back with the cookie that it was given.
  bool browser_presented = false;

  /// Its last connect was told to poll, because other windows of its browser wait.
  bool told_to_poll = false;

  Queue queue;

  /// The link over which messages can leave at any time.
  std::shared_ptr<Outlet> push;

  /// The link whose connect is held.
  std::shared_ptr<Outlet> hold;

  /// The link whose connect was let go and whose response is yet to be taken.
  std::shared_ptr<Outlet> due;

  const std::string id;
  std::vector<Subscription> subscriptions;

  /// How long the client said that it would wait before its next connect.
  Milliseconds interval{0};

  /// The cookie that its browser was given.
  std::string browser;
};

/// Those who are subscribed to one name, of one shard.
struct Subscribers {
  struct Member {
    Session* session;
    std::size_t slot;  ///< Which of the session's subscriptions this is.
  };
  std::string name;
  std::vector<Member> members;
};

}  // namespace bayeux::engine
