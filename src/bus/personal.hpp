#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/client.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"

namespace bayeux::bus {

/// A message on its way to single receivers, for each of whom it may be another one.
struct Personal {
  Message event;
  Frame frame;  ///< What goes to whom it is left as it is.
  Hooks<std::shared_ptr<ReceiverFilter>>::List filters;
  std::vector<std::string> names = {};  ///< To one of which a receiver of what was published is subscribed.
};

/// Those filters that look at every copy of what is sent on that channel.
Hooks<std::shared_ptr<ReceiverFilter>>::List receiver_filters_of(BusCore& core, const std::string& channel);

/// What that client gets; nothing when it does not.
std::optional<Frame> personal_frame(BusCore& core, const Client& to, const Personal& message);

/// Asks the policy about every one of them, and sends each what is its own. A verdict that comes later keeps the place
/// of the message in the queue.
void send_personally(const std::shared_ptr<BusCore>& core, const std::vector<std::string>& ids,
                     std::shared_ptr<const Personal> message);

}  // namespace bayeux::bus
