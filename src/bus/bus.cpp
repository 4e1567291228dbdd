#include <bayeux/bus.hpp>

#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "core.hpp"

namespace bayeux {

Bus::Bus(Config config) : core_(std::make_shared<BusCore>(bus::check_config(std::move(config)))) {}

Bus::~Bus() {
  core_->closed = true;
  core_->router.alarm().set({});
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

User Bus::user(std::string_view name) {
  return BusAccess::user(core_, std::string(name));
}

std::vector<Client> Bus::clients() const {
  std::vector<Client> clients;
  for (auto& id : core_->router.ids()) clients.push_back(BusAccess::client(core_, std::move(id)));
  return clients;
}

Batch Bus::batch() {
  core_->router.begin_batch_of_all();
  return Batch([bus = std::weak_ptr(core_)] {
    if (const auto core = bus.lock()) core->router.end_batch_of_all();
  });
}

Batch Bus::batch(const std::vector<Client>& clients) {
  std::vector<std::string> ids;
  for (const auto& client : clients) {
    if (core_->router.begin_batch(client.id())) ids.push_back(client.id());
  }
  return Batch([bus = std::weak_ptr(core_), ids = std::move(ids)] {
    const auto core = bus.lock();
    if (core == nullptr) return;
    for (const auto& id : ids) core->router.end_batch(id);
  });
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

Registration Bus::on_channel_created(ChannelListener listener) {
  return core_->created_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_channel_swept(ChannelListener listener) {
  return core_->swept_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_subscribed(SubscriptionListener listener) {
  return core_->subscribed_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_unsubscribed(SubscriptionListener listener) {
  return core_->unsubscribed_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_queue_full(QueueFullListener listener) {
  return core_->queue_full_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_connect_held(ConnectListener listener) {
  return core_->held_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::on_connect_released(ConnectListener listener) {
  core_->router.watch_connects();
  return core_->released_listeners.add(bus::everywhere, std::move(listener));
}

Registration Bus::add_service(std::string_view name, CallHandler handler) {
  return core_->services.add(name, std::move(handler), false);
}

Registration Bus::add_remote_call(std::string_view target, CallHandler handler) {
  return core_->services.add(bus::service_of(target), std::move(handler), true);
}

Stats Bus::stats() const {
  auto stats = core_->router.stats();
  core_->counters.read(stats);
  stats.channels = core_->channels.size();
  return stats;
}

void Bus::drain(Milliseconds deadline, std::function<void()> done) {
  core_->drain.begin(*core_, deadline, std::move(done));
}

bool Bus::draining() const noexcept {
  return core_->drain.begun();
}

void Bus::add_connection_type(std::string_view name) {
  core_->add_connection_type(name);
}

void Bus::report_exception(std::string_view what) noexcept {
  core_->report_exception(what);
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
  core_->router.alarm().set(std::move(alarm));
}

}  // namespace bayeux
