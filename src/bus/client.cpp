#include <bayeux/client.hpp>

#include <optional>
#include <utility>

#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"
#include "pipeline.hpp"
#include "publish.hpp"

namespace bayeux {
namespace {

/// Lets `work` do something with a client; false of it means that there is none.
template <class Work>
std::error_code with_client(const std::weak_ptr<BusCore>& bus, const std::string& id, Work&& work) {
  const auto core = open_core(bus);
  if (core == nullptr) return id.empty() ? Errc::client_unknown : Errc::bus_closed;
  return work(*core) ? std::error_code() : Errc::client_unknown;
}

}  // namespace

std::string Client::log_id() const {
  return bus::log_id(id_);
}

bool Client::connected() const {
  const auto core = open_core(bus_);
  return core != nullptr && core->router.contains(id_);
}

std::error_code Client::deliver(std::string_view channel, Json data, DeliverOptions options) const {
  const auto core = open_core(bus_);
  if (core == nullptr) return valid() ? Errc::bus_closed : Errc::client_unknown;
  const bool lazy = options.lazy;
  std::optional<Message> event;
  if (const auto error = bus::prepare_delivery(*core, channel, std::move(data), std::move(options), event)) {
    return error;
  }
  const auto frame = bus::freeze_delivery(*core, *event, lazy);
  if (!frame) return Errc::message_deleted;
  return bus::send_to(*core, id_, *event, *frame);
}

std::error_code Client::disconnect() const {
  return with_client(bus_, id_, [&](BusCore& core) {
    Message farewell;
    farewell.channel = "/meta/disconnect";
    farewell.successful = true;
    return core.router.remove(id_, Removal::kicked, bus::freeze_reply(core, *this, farewell), nullptr);
  });
}

Batch Client::batch() const {
  const auto core = open_core(bus_);
  if (core == nullptr || !core->router.begin_batch(id_)) return {};
  return Batch([bus = bus_, id = id_] {
    if (const auto alive = bus.lock()) alive->router.end_batch(id);
  });
}

std::error_code Client::set_connects_only(bool on) const {
  return with_client(bus_, id_, [&](BusCore& core) { return core.router.set_connects_only(id_, on); });
}

Client::Waiting Client::waiting() const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->router.waiting(id_) : Waiting();
}

std::error_code Client::keep_until_acknowledged() const {
  return with_client(bus_, id_, [&](BusCore& core) { return core.router.keep_until_acknowledged(id_); });
}

std::error_code Client::acknowledge(std::int64_t batch) const {
  std::optional<bool> known;
  const auto error = with_client(bus_, id_, [&](BusCore& core) {
    known = core.router.acknowledge(id_, batch);
    return known.has_value();
  });
  return !error && !*known ? Errc::batch_unknown : error;
}

std::int64_t Client::sent_batch() const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->router.sent_batch(id_) : 0;
}

}  // namespace bayeux
