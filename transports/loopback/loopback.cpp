#include <bayeux/transports/loopback.hpp>

#include <utility>

#include "state.hpp"

namespace bayeux {

Loopback::Loopback(Bus& bus, Executor executor, Json ext) : state_(std::make_shared<State>(std::move(executor))) {
  state_->open(bus, std::move(ext));
}

Loopback::~Loopback() {
  state_->close();
}

bool Loopback::connected() const {
  return state_->connected();
}

std::string Loopback::error() const {
  return state_->error();
}

std::string Loopback::client_id() const {
  return state_->client_id();
}

void Loopback::subscribe(std::string_view channel, Handler handler, Handler done) {
  state_->subscribe(channel, std::move(handler), std::move(done));
}

void Loopback::unsubscribe(std::string_view channel, Handler done) {
  state_->unsubscribe(channel, std::move(done));
}

void Loopback::publish(std::string_view channel, Json data, Handler done) {
  state_->publish(channel, std::move(data), std::move(done));
}

void Loopback::on_message(Handler handler) {
  state_->set_message_handler(std::move(handler));
}

void Loopback::on_disconnect(std::function<void()> handler) {
  state_->set_farewell_handler(std::move(handler));
}

void Loopback::disconnect() {
  state_->disconnect();
}

}  // namespace bayeux
