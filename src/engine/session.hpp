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

/// One client, as the engine knows it. Plain data of its shard.
struct Session : Deadlines::Entry {
  /// One of its subscriptions: the list it stands in, and where.
  struct Subscription {
    Subscribers* list;
    std::size_t place;
  };

  explicit Session(std::string client_id) : id(std::move(client_id)) {}

  const std::string id;
  Queue queue;
  std::vector<Subscription> subscriptions;

  /// The number of the last publish that reached it: whoever matches several patterns gets one copy.
  std::uint64_t stamp = 0;

  /// Set by the first connect. Until then connects are answered at once.
  bool connected = false;

  /// Requests being worked on whose responses will carry what is queued: nothing is woken meanwhile.
  int batches = 0;

  /// The link whose connect is held.
  std::shared_ptr<Outlet> hold;

  /// The link over which messages can leave at any time.
  std::shared_ptr<Outlet> push;

  /// How long the client said that it would wait before its next connect.
  Milliseconds interval{0};

  /// The cookie that it was given, and whether it has ever come back with it.
  std::string browser;
  bool browser_presented = false;
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
