#include <bayeux/channel.hpp>

#include <system_error>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"
#include "publish.hpp"

namespace bayeux {
namespace {

std::error_code publish(const std::weak_ptr<BusCore>& bus, const ChannelId* id, Payload data) {
  const auto core = bus.lock();
  if (core == nullptr || core->closed) return Errc::bus_closed;
  if (id == nullptr) return Errc::channel_invalid;
  if (id->is_wild()) return Errc::channel_wild;
  if (!id->is_broadcast()) return Errc::channel_reserved;
  Message message;
  message.channel = id->name();
  message.data = std::move(data);
  return bus::publish_message(*core, *id, {}, message) ? std::error_code() : Errc::message_deleted;
}

/// The bus to hang something into, for names where that makes sense.
std::shared_ptr<BusCore> open_for(const std::weak_ptr<BusCore>& bus, const ChannelId* id) {
  if (id == nullptr) throw std::system_error(Errc::channel_invalid);
  if (id->is_meta()) throw std::system_error(Errc::channel_reserved, id->name());
  auto core = bus.lock();
  if (core == nullptr || core->closed) throw std::system_error(Errc::bus_closed);
  return core;
}

}  // namespace

std::error_code Channel::publish(Json data, PublishOptions) const {
  return bayeux::publish(bus_, id_.get(), Payload(std::move(data)));
}

std::error_code Channel::publish_text(std::string data, PublishOptions) const {
  if (!Json::parse(data)) return Errc::json_invalid;
  return bayeux::publish(bus_, id_.get(), Payload::from_text(std::move(data)));
}

std::size_t Channel::subscribers() const {
  const auto core = bus_.lock();
  return core != nullptr && id_ != nullptr ? core->router.subscribers(id_->name()) : 0;
}

Registration Channel::add_listener(MessageListener listener) const {
  return open_for(bus_, id_.get())->message_listeners.add(id_->name(), std::move(listener));
}

Registration Channel::add_filter(std::shared_ptr<DataFilter> filter) const {
  return open_for(bus_, id_.get())->filters.add(id_->name(), std::move(filter));
}

Channel BusAccess::channel(std::weak_ptr<BusCore> core, std::string_view name) {
  Channel channel;
  channel.bus_ = std::move(core);
  if (auto id = ChannelId::parse(name)) channel.id_ = std::make_shared<const ChannelId>(std::move(*id));
  channel.name_ = channel.id_ != nullptr ? channel.id_->name() : std::string(name);
  return channel;
}

}  // namespace bayeux
