#include <bayeux/transports/asio_server.hpp>

#include <utility>

#include "server_state.hpp"

namespace bayeux {

AsioServer::AsioServer(Bus& bus, AsioServerConfig config) : state_(std::make_shared<State>(bus, nullptr)) {
  state_->listen(std::move(config));
}

AsioServer::AsioServer(Bus& bus, asio::io_context& io, AsioServerConfig config)
    : state_(std::make_shared<State>(bus, &io)) {
  state_->listen(std::move(config));
}

AsioServer::~AsioServer() {
  state_->close();
}

std::uint16_t AsioServer::port() const noexcept {
  return state_->port();
}

std::size_t AsioServer::connections() const noexcept {
  return state_->core().connections.size();
}

AsioServerStats AsioServer::stats() const {
  return state_->stats();
}

void AsioServer::route(std::string path, Handler handler) {
  state_->core().site->route(std::move(path), std::move(handler));
}

void AsioServer::reload_certificate() {
  state_->reload_certificate();
}

void AsioServer::run() {
  state_->run();
}

void AsioServer::stop() {
  state_->stop();
}

void AsioServer::drain(Milliseconds deadline) {
  state_->drain(deadline);
}

void AsioServer::stop_on_signals() {
  state_->stop_on_signals();
}

void AsioServer::post(std::function<void()> task) {
  state_->post(std::move(task));
}

void AsioServer::every(Milliseconds period, std::function<void()> task) {
  state_->every(period, std::move(task));
}

}  // namespace bayeux
