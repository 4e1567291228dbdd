#pragma once

#include <cstdint>
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

namespace bayeux {

/// A Link, as the pipeline sees it. Used by one thread at a time; what other threads change is in the outlet.
struct LinkState {
  /// A reply, and the number of the first event that must not come before it.
  struct Reply {
    Frame frame;
    std::uint64_t before;
  };
  static constexpr std::uint64_t after_all_events = std::numeric_limits<std::uint64_t>::max();

  const std::shared_ptr<BusCore> core;
  const LinkOptions options;
  const std::shared_ptr<engine::Outlet> outlet;

  /// The request that is being worked on.
  const Request* request = nullptr;

  /// The client that speaks over this link; empty until one does.
  std::string client_id;

  /// Whether the request that is worked on has shown whose it is. On a lasting connection each of them may belong to
  /// another client.
  bool settled = false;

  std::vector<Reply> replies;

  /// The reply to the connect that is held.
  std::optional<Message> held;

  /// Whether events may ride on this response.
  bool drain = true;

  /// Whether the client's deliveries are batched until this response is taken.
  bool batching = false;

  bool received = false;
  bool taken = false;
  bool closed = false;
  bool superseded = false;
  std::string new_browser;
};

}  // namespace bayeux
