#include <bayeux/channel.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"
#include "publish.hpp"

namespace bayeux {
namespace {

/// Why nothing can be published there or said about it; `wild` names may be meant or not.
std::error_code refusal(const BusCore* core, const ChannelId* id, bool wild) {
  if (core == nullptr) return Errc::bus_closed;
  if (id == nullptr) return Errc::channel_invalid;
  if (id->is_wild() && !wild) return Errc::channel_wild;
  return id->is_broadcast() ? std::error_code() : Errc::channel_reserved;
}

std::error_code publish(const std::weak_ptr<BusCore>& bus, const ChannelId* id, Payload data, PublishOptions options) {
  const auto core = open_core(bus);
  if (const auto error = refusal(core.get(), id, false)) return error;
  Message message;
  message.channel = id->name();
  message.data = std::move(data);
  return bus::publish_message(*core, *id, {}, message, std::move(options));
}

/// The bus to hang something into, for names where that makes sense.
std::shared_ptr<BusCore> open_for(const std::weak_ptr<BusCore>& bus, const ChannelId* id) {
  if (id == nullptr) throw std::system_error(Errc::channel_invalid);
  if (id->is_meta()) throw std::system_error(Errc::channel_reserved, id->name());
  auto core = open_core(bus);
  if (core == nullptr) throw std::system_error(Errc::bus_closed);
  return core;
}

}  // namespace

std::error_code Channel::publish(Json data, PublishOptions options) const {
  return bayeux::publish(bus_, id_.get(), Payload(std::move(data)), std::move(options));
}

std::error_code Channel::publish_text(std::string data, PublishOptions options) const {
  if (!Json::parse(data)) return Errc::json_invalid;
  return bayeux::publish(bus_, id_.get(), Payload::from_text(std::move(data)), std::move(options));
}

std::size_t Channel::subscribers() const {
  const auto core = open_core(bus_);
  return core != nullptr && id_ != nullptr ? core->router.subscribers(id_->name()) : 0;
}

std::error_code Channel::configure(ChannelOptions options) const {
  const auto core = open_core(bus_);
  if (const auto error = refusal(core.get(), id_.get(), !options.persistent)) return error;
  if (options.lazy_timeout.count() < 0) return Errc::config_invalid;
  options.lazy_timeout = std::min(options.lazy_timeout, longest_time);
  core->channels.configure(name_, options);
  // One that is no longer persistent may have been waiting for just that.
  if (options.persistent) return core->use_channel(name_) ? std::error_code() : Errc::channel_limit;
  core->consider_channel(name_);
  return {};
}

ChannelOptions Channel::options() const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->channels.options(name_) : ChannelOptions();
}

bool Channel::exists() const {
  const auto core = open_core(bus_);
  return core != nullptr && core->channels.contains(name_);
}

std::error_code Channel::set_any(std::string_view name, std::any value) const {
  const auto core = open_core(bus_);
  if (const auto error = refusal(core.get(), id_.get(), false)) return error;
  // It may be swept between the two.
  do {
    if (!core->use_channel(name_)) return Errc::channel_limit;
  } while (!core->channels.set_attribute(name_, name, value));
  return {};
}

std::any Channel::any(std::string_view name) const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->channels.attribute(name_, name) : std::any();
}

Registration Channel::add_listener(MessageListener listener) const {
  return open_for(bus_, id_.get())->message_listeners.add(id_->name(), std::move(listener));
}

Registration Channel::add_filter(std::shared_ptr<DataFilter> filter) const {
  return open_for(bus_, id_.get())->filters.add(id_->name(), std::move(filter));
}

Registration Channel::add_receiver_filter(std::shared_ptr<ReceiverFilter> filter) const {
  return open_for(bus_, id_.get())->receiver_filters.add(id_->name(), std::move(filter));
}

Registration Channel::on_snapshot(SnapshotHandler handler) const {
  const auto core = open_for(bus_, id_.get());
  if (id_->is_service()) throw std::system_error(Errc::channel_reserved, name_);
  return core->snapshots.add(name_, std::move(handler));
}

Channel BusAccess::channel(std::weak_ptr<BusCore> core, std::string_view name) {
  Channel channel;
  channel.bus_ = std::move(core);
  if (auto id = ChannelId::parse(name)) channel.id_ = std::make_shared<const ChannelId>(std::move(*id));
  channel.name_ = channel.id_ != nullptr ? channel.id_->name() : std::string(name);
  return channel;
}

}  // namespace bayeux
