#include <bayeux/user.hpp>

#include <optional>
#include <utility>

#include <bayeux/error.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>

#include "client_table.hpp"
#include "core.hpp"
#include "publish.hpp"

namespace bayeux {
namespace {

/// Sends one serialisation to all of them, and counts those who got it.
std::size_t send_to_all(BusCore& core, const std::vector<std::string>& ids, const Message& event, const Frame& frame,
                        std::error_code& error) {
  std::size_t sent = 0;
  error = Errc::client_unknown;
  for (const auto& id : ids) {
    const auto refused = bus::send_to(core, id, event, frame);
    if (!refused) {
      ++sent;
    } else if (refused != Errc::client_unknown) {
      error = refused;
    }
  }
  if (sent > 0) error.clear();
  return sent;
}

}  // namespace

std::vector<Client> User::clients() const {
  std::vector<Client> found;
  const auto core = open_core(bus_);
  if (core == nullptr) return found;
  // Somebody may be a user's already while it is being decided whether they may come in at all.
  for (const auto& id : core->client_table.clients_of(name_)) {
    if (core->router.contains(id)) found.push_back(core->client(id));
  }
  return found;
}

std::size_t User::deliver(std::string_view channel, Json data, DeliverOptions options, std::error_code* error) const {
  std::error_code ignored;
  std::error_code& result = error != nullptr ? *error : ignored;
  const auto core = open_core(bus_);
  if (core == nullptr) {
    result = Errc::bus_closed;
    return 0;
  }
  const bool lazy = options.lazy;
  std::optional<Message> event;
  result = bus::prepare_delivery(*core, channel, std::move(data), std::move(options), event);
  if (result) return 0;
  const auto frame = bus::freeze_delivery(*core, *event, lazy);
  if (!frame) {
    result = Errc::message_deleted;
    return 0;
  }
  return send_to_all(*core, core->client_table.clients_of(name_), *event, *frame, result);
}

std::size_t User::disconnect() const {
  std::size_t ended = 0;
  for (const auto& client : clients()) {
    if (!client.disconnect()) ++ended;
  }
  return ended;
}

}  // namespace bayeux
