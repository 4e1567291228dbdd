#include <bayeux/bus.hpp>

#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "core.hpp"

namespace bayeux {

Bus::Bus(Config config) : core_(std::make_shared<BusCore>(bus::check_config(std::move(config)))) {}

Bus::~Bus() {
  core_->closed = true;
  core_->router.set_alarm({});
}

const Config& Bus::config() const noexcept {
  return core_->config;
}

Channel Bus::channel(std::string_view name) {
  return BusAccess::channel(core_, name);
}

Client Bus::client(std::string_view id) {
  return core_->router.contains(id) ? core_->client(id) : Client();
}

Registration Bus::add_extension(std::shared_ptr<Extension> extension) {
  return core_->extensions.add(bus::everywhere, std::move(extension));
}

Registration Bus::on_client_added(ClientAddedListener listener) {
  return core_->added_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_client_removed(ClientRemovedListener listener) {
  return core_->removed_listeners.add(bus::everywhere, std::move(listener));
}

Stats Bus::stats() const {
  return core_->router.stats();
}

void Bus::add_connection_type(std::string_view name) {
  core_->add_connection_type(name);
}

std::unique_ptr<Link> Bus::open_link(LinkOptions options, std::shared_ptr<Carrier> carrier) {
  return BusAccess::link(core_, std::move(options), std::move(carrier));
}

std::optional<Time> Bus::next_deadline() const {
  return core_->router.next_deadline();
}

void Bus::run_due() {
  core_->router.run_due();
}

void Bus::set_alarm(std::function<void()> alarm) {
  core_->router.set_alarm(std::move(alarm));
}

}  // namespace bayeux
