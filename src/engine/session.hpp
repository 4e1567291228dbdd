#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bayeux/clock.hpp>

#include "deadlines.hpp"
#include "keyed_hash.hpp"
#include "outlet.hpp"
#include "queue.hpp"
#include "short_text.hpp"
#include "unacknowledged.hpp"

namespace bayeux::engine {

struct Subscribers;

/// One client, as the engine knows it. Plain data of its shard. What a publish touches comes first and fills two lines
/// of cache, and all of it four: with many subscribers, fetching those is most of what a publish costs. What few
/// clients have is therefore behind a pointer.
struct alignas(64) Session : Deadlines::Entry {
  /// One of its subscriptions: the list it stands in, and where.
  struct Subscription {
    Subscribers* list;
    std::size_t place;
  };

  explicit Session(std::string_view client_id) : id(client_id) {}

  /// Something in the queue does not want to wait.
  bool pressing = false;

  /// Messages leave only with replies to connects.
  bool connects_only = false;

  /// Every message is made for this client alone.
  bool personal = false;

  /// Nothing is queued for it any more, because it is about to end.
  bool closing = false;

  /// It is one that acknowledges: `unacknowledged` is there.
  bool acknowledges = false;

  /// Its last connect asked for events in its own response: a stream that stands is left aside.
  bool polls = false;

  /// The number of the last publish that reached it: whoever matches several patterns gets one copy.
  std::uint64_t stamp = 0;

  /// Requests being worked on whose responses will carry what is queued: nothing is woken meanwhile.
  std::uint32_t requests = 0;

  /// Batches of the application: nothing leaves meanwhile.
  std::uint32_t batches = 0;

  Queue queue;

  /// The link over which messages can leave at any time.
  std::shared_ptr<Outlet> push;

  /// The link whose connect is held.
  std::shared_ptr<Outlet> hold;

  /// The link whose connect was let go and whose response is yet to be taken.
  std::shared_ptr<Outlet> due;

  /// Set by the first connect. Until then connects are answered at once.
  bool connected = false;

  /// Whether its browser has ever come back with the cookie that it was given.
  bool browser_presented = false;

  /// Its last connect was told to poll, because other windows of its browser wait.
  bool told_to_poll = false;

  /// Messages have given way since its queue was last empty.
  bool full = false;

  /// It has something that waits for the end of a batch of all clients.
  bool waits_for_all = false;

  /// Until when the connect is held, or when a session is looked at again that is to leave; and until when the lazy
  /// messages in the queue may wait.
  Time hold_until = Time::max();
  Time lazy_until = Time::max();

  /// Only of a client that acknowledges.
  std::unique_ptr<Unacknowledged> unacknowledged;

  /// The numbers of the frames in the queue that a later one of their key replaces. The keys are those of the frames: of
  /// one that waits for a thousand clients there is one.
  using Latest = std::unordered_map<std::string_view, std::uint64_t, KeyedHash>;
  std::unique_ptr<Latest> latest;

  const ShortText id;
  std::vector<Subscription> subscriptions;

  /// When the bucket of what it may publish will be full again.
  Time publish_full{};

  /// How long the client said that it would wait before its next connect.
  Milliseconds interval{0};

  /// The cookie that its browser was given, where it has one.
  std::unique_ptr<const std::string> browser;

  /// There is a link over which something could leave now. Otherwise nothing has to be done about what it gets: whoever
  /// comes for it will look.
  bool is_reachable() const noexcept { return push != nullptr || hold != nullptr; }

  /// A lasting connection serves it, as long as which it lives.
  bool lasts() const noexcept { return push != nullptr && !polls; }

  /// Messages leave by that connection whenever there are some.
  bool pushes() const noexcept { return lasts() && !connects_only; }

  std::size_t waiting_messages() const noexcept {
    return queue.size() + (acknowledges ? unacknowledged->sent.size() : 0);
  }
  std::size_t waiting_bytes() const noexcept { return queue.bytes() + (acknowledges ? unacknowledged->bytes : 0); }
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
