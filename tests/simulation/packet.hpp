#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/frame.hpp>

namespace bayeux::simulation {

/// One message that the bus sent, as far as clients and the model care.
struct Item {
  int number = 0;  ///< Of the publication, when it is an event; 0 otherwise.
  std::string channel;

  // Of a reply.
  std::string id;
  bool successful = false;
  std::string error;
  std::string client_id;
  std::string reconnect;     ///< What the advice says; empty when nothing.
  std::int64_t interval = 0;
  std::int64_t batch = 0;    ///< The number in `ext.ack`; 0 for none.

  bool is_event() const { return number != 0; }

  /// What a client is told when the application ends its session, and that answers nothing.
  bool is_farewell() const { return channel == "/meta/disconnect" && id.empty(); }
};

using Packet = std::vector<Item>;

/// Nothing when that is no message as the protocol has them.
std::optional<Item> item_of(const Frame& frame);

}  // namespace bayeux::simulation
