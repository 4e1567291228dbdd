#include <bayeux/client.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "client_table.hpp"
#include "core.hpp"

namespace bayeux {
namespace {

/// Why nothing can be said about that client; no error when something can.
std::error_code refusal(BusCore* core, const std::string& id) {
  if (id.empty()) return Errc::client_unknown;
  if (core == nullptr) return Errc::bus_closed;
  return core->knows(id) ? std::error_code() : Errc::client_unknown;
}

/// Lets `work` say something about a client for as long as its session lives.
template <class Work>
std::error_code say(const std::weak_ptr<BusCore>& bus, const std::string& id, Work work) {
  const auto core = open_core(bus);
  if (const auto error = refusal(core.get(), id)) return error;
  work(core->client_table);
  // Had the session gone just before that, then what is said now would stay for ever.
  if (core->knows(id)) return {};
  core->client_table.erase(id);
  return Errc::client_unknown;
}

std::optional<Milliseconds> bounded(std::optional<Milliseconds> span) {
  return span ? std::optional(std::clamp(*span, Milliseconds(0), longest_told)) : std::nullopt;
}

}  // namespace

std::string Client::user() const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->client_table.user(id_) : std::string();
}

std::error_code Client::set_user(std::string user) const {
  return say(bus_, id_, [&](bus::ClientTable& table) { table.set_user(id_, user); });
}

std::any Client::any(std::string_view name) const {
  const auto core = open_core(bus_);
  return core != nullptr ? core->client_table.attribute(id_, name) : std::any();
}

std::error_code Client::set_any(std::string_view name, std::any value) const {
  return say(bus_, id_, [&](bus::ClientTable& table) { table.set_attribute(id_, name, std::move(value)); });
}

std::error_code Client::set_timeout(std::optional<Milliseconds> timeout) const {
  return say(bus_, id_, [&](bus::ClientTable& table) {
    table.change(id_, [&](auto& settings) { settings.timeout = bounded(timeout); });
  });
}

std::error_code Client::set_interval(std::optional<Milliseconds> interval) const {
  return say(bus_, id_, [&](bus::ClientTable& table) {
    table.change(id_, [&](auto& settings) { settings.interval = bounded(interval); });
  });
}

std::error_code Client::set_broadcast_to_publisher(bool on) const {
  return say(bus_, id_, [&](bus::ClientTable& table) {
    table.change(id_, [&](auto& settings) { settings.broadcast_to_publisher = on; });
  });
}

Registration Client::add_extension(std::shared_ptr<Extension> extension) const {
  if (extension == nullptr) throw std::system_error(Errc::callback_empty);
  Registration registration;
  const auto error =
      say(bus_, id_, [&](bus::ClientTable& table) { registration = table.add_extension(id_, std::move(extension)); });
  if (error) throw std::system_error(error);
  const auto match = [bus = bus_, id = id_](bool personal) {
    if (const auto core = bus.lock()) core->router.set_personal(id, personal);
  };
  match(true);
  auto shared = std::make_shared<Registration>(std::move(registration));
  return Registration([bus = bus_, id = id_, shared, match] {
    shared->cancel();
    match(false);
    // One may have been added meanwhile.
    const auto core = bus.lock();
    if (core != nullptr && core->client_table.has_extensions(id)) match(true);
  });
}

}  // namespace bayeux
