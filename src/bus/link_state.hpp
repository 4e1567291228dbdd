#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>
#include <bayeux/request.hpp>
#include <bayeux/transport.hpp>

#include "core.hpp"
#include "engine/outlet.hpp"
#include "kept_request.hpp"
#include "protocol/parser.hpp"

namespace bayeux {

namespace bus {
struct Step;
}

/// A Link, as the pipeline sees it. Used by one thread at a time; what other threads change is in the outlet.
struct LinkState {
  /// A reply, and the number of the first event that must not come before it.
  struct Reply {
    Frame frame;
    std::uint64_t before;
  };
  static constexpr std::uint64_t after_all_events = std::numeric_limits<std::uint64_t>::max();

  /// The reply to a connect, which is completed when it is taken.
  struct Held {
    Message reply;
    std::optional<std::size_t> place;  ///< Among the replies; behind all of them when it waits.
  };

  /// A message that waits behind one which waits for a verdict.
  struct Waiting {
    protocol::Incoming incoming;
    bool alone;
    bool first;      ///< A new request begins with it.
    bool companion;  ///< It shares its request with a handshake.
  };

  LinkState(std::shared_ptr<BusCore> its_core, LinkOptions its_options, std::shared_ptr<engine::Outlet> its_outlet);
  ~LinkState();

  const std::shared_ptr<BusCore> core;
  const LinkOptions options;
  const std::shared_ptr<engine::Outlet> outlet;

  /// The request that is being worked on, and a copy of it once something has to wait.
  const Request* request = nullptr;
  std::unique_ptr<bus::KeptRequest> kept_request;

  /// The client that speaks over this link; empty until one does.
  std::string client_id;

  /// Whether the request that is worked on has shown whose it is. On a lasting connection each of them may belong to
  /// another client.
  bool settled = false;

  std::vector<Reply> replies;
  std::optional<Held> held;

  /// The message that waits for a verdict, until when, and those behind it.
  std::unique_ptr<bus::Step> suspended;
  std::uint64_t timer = 0;
  std::deque<Waiting> waiting;

  /// Whether it only carries the events of a client that speaks over other links, and what counts it among the
  /// connections of that browser.
  bool listens = false;
  std::shared_ptr<void> ticket;

  /// Whether events may ride on this response.
  bool drain = true;

  /// Whether nothing is to be woken for the client until this response is taken, and whether that is so just now.
  bool carries_events = false;
  bool batching = false;

  bool received = false;
  bool taken = false;
  bool closed = false;
  bool superseded = false;
  bool indivisible = false;
  std::string new_browser;
};

}  // namespace bayeux
