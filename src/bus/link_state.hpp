#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>
#include <bayeux/request.hpp>
#include <bayeux/transport.hpp>

#include "core.hpp"
#include "engine/outlet.hpp"
#include "engine/short_text.hpp"
#include "held_reply.hpp"
#include "kept_request.hpp"
#include "protocol/parser.hpp"

namespace bayeux {

namespace bus {
struct Step;
}

/// A Link, as the pipeline sees it. Used by one thread at a time; what other threads change is in the outlet. There is
/// one for every client that waits: what few of them need is behind a pointer.
struct LinkState {
  /// A reply, and the number of the first event that must not come before it.
  struct Reply {
    Frame frame;
    std::uint64_t before;
  };
  static constexpr std::uint64_t after_all_events = std::numeric_limits<std::uint64_t>::max();

  /// A message that waits behind one which waits for a verdict.
  struct Waiting {
    protocol::Incoming incoming;
    std::shared_ptr<const bus::KeptRequest> request;  ///< With which it came.
    std::size_t bytes;                                ///< Of its request, where it is the last of that.
    bool alone;
    bool first;      ///< A new request begins with it.
    bool companion;  ///< It shares its request with a handshake.
  };

  /// What there is once something has had to wait for a verdict.
  struct Aside {
    Aside();
    ~Aside();

    /// A copy of the request with which the message came that waits, or is worked on again.
    std::shared_ptr<const bus::KeptRequest> request;

    /// The message that waits, until when, and those behind it.
    std::unique_ptr<bus::Step> suspended;
    std::uint64_t timer = 0;
    std::deque<Waiting> waiting;
    std::size_t waiting_bytes = 0;
  };

  /// What there is until a client speaks over a lasting connection that is to have one in time.
  struct Newcomer {
    Time due;
    std::uint64_t timer;
  };

  struct Browser {
    /// The cookie of the request; empty when it had none, unless a lasting connection stands for it.
    std::string cookie;

    /// The cookie that was made for it.
    std::string new_cookie;

    /// What counts a link that listens among its connections.
    std::shared_ptr<void> ticket;
  };

  LinkState(std::shared_ptr<BusCore> its_core, LinkOptions options, std::shared_ptr<engine::Outlet> its_outlet);
  ~LinkState();

  const std::string* cookie() const noexcept { return browser ? &browser->cookie : nullptr; }
  bool is_duplex() const noexcept { return outlet->duplex; }
  bool is_suspended() const noexcept { return aside != nullptr && aside->suspended != nullptr; }

  const std::shared_ptr<BusCore> core;
  const std::shared_ptr<engine::Outlet> outlet;

  /// What there is to a browser; null where the transport has no cookies.
  std::unique_ptr<Browser> browser;

  /// The request that is being worked on.
  const Request* request = nullptr;

  /// The client that speaks over this link; empty until one does.
  engine::ShortText client_id;

  std::vector<Reply> replies;
  std::size_t reply_bytes = 0;
  std::optional<bus::HeldReply> held;
  std::unique_ptr<Aside> aside;
  std::unique_ptr<Newcomer> newcomer;

  /// Whether it only carries the events of a client that speaks over other links.
  bool listens = false;

  /// Whether the request that is worked on has shown whose it is. On a lasting connection each of them may belong to
  /// another client.
  bool settled = false;

  /// Whether its client is a part of the program.
  bool in_process = false;

  /// Whether events may ride on this response.
  bool drain = true;

  /// Whether nothing is to be woken for the client until this response is taken, and whether that is so just now.
  bool carries_events = false;
  bool batching = false;

  bool received = false;
  bool taken = false;
  bool closed = false;
  bool superseded = false;
  bool parts = false;
  bool indivisible = false;
  bool more = false;
};

}  // namespace bayeux
