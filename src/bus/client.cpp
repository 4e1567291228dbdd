#include <bayeux/client.hpp>

#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"
#include "publish.hpp"

namespace bayeux {

bool Client::connected() const {
  const auto core = bus_.lock();
  return core != nullptr && core->router.contains(id_);
}

std::error_code Client::deliver(std::string_view channel, Json data, DeliverOptions options) const {
  const auto core = bus_.lock();
  if (core == nullptr || core->closed) return valid() ? Errc::bus_closed : Errc::client_unknown;
  const auto name = ChannelId::parse(channel);
  if (!name) return Errc::channel_invalid;
  if (name->is_wild()) return Errc::channel_wild;
  if (name->is_meta()) return Errc::channel_reserved;
  Message event;
  event.channel = name->name();
  event.id = std::move(options.id);
  event.successful = options.successful;
  event.data = Payload(std::move(data));
  const auto frame = bus::freeze_event(*core, {}, std::move(event));
  if (!frame) return Errc::message_deleted;
  return core->router.deliver(id_, *frame) ? std::error_code() : Errc::client_unknown;
}

std::error_code Client::disconnect() const {
  const auto core = bus_.lock();
  if (core == nullptr || core->closed) return valid() ? Errc::bus_closed : Errc::client_unknown;
  Message farewell;
  farewell.channel = "/meta/disconnect";
  farewell.successful = true;
  const Frame frame(farewell.text(), Frame::Kind::reply);
  return core->router.remove(id_, Removal::kicked, frame, nullptr) ? std::error_code() : Errc::client_unknown;
}

}  // namespace bayeux
