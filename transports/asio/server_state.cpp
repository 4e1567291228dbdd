#include "server_state.hpp"

#include <algorithm>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <asio/dispatch.hpp>

#include <bayeux/bus.hpp>
#include <bayeux/error.hpp>
#include <bayeux/prometheus.hpp>

#include "connection.hpp"
#include "response_head.hpp"

namespace bayeux {

namespace {

void bound_times(AsioServerConfig& config) {
  for (Milliseconds* time :
       {&config.header_timeout, &config.body_timeout, &config.idle_timeout, &config.write_timeout, &config.stop_timeout,
        &config.tls_handshake_timeout, &config.ping_interval, &config.event_source_ping_interval, &config.drain_timeout}) {
    *time = std::min(*time, longest_time);
  }
}

AsioServerConfig checked(AsioServerConfig config) {
  const bool times = config.header_timeout.count() > 0 && config.body_timeout.count() > 0 &&
                     config.idle_timeout.count() > 0 && config.write_timeout.count() > 0 &&
                     config.tls_handshake_timeout.count() > 0 && config.ping_interval.count() > 0 &&
                     config.event_source_ping_interval.count() > 0 && config.stop_timeout.count() >= 0 &&
                     config.drain_timeout.count() >= 0;
  if (!times || config.threads == 0 || config.max_connections == 0 || config.max_header == 0 ||
      config.max_header_fields == 0) {
    throw std::system_error(make_error_code(Errc::config_invalid), "a time, size or number of AsioServerConfig");
  }
  bound_times(config);
  return config;
}

}  // namespace

AsioServer::State::State(Bus& bus, asio::io_context* io)
    : bus_(bus), own_io_(io == nullptr ? std::make_unique<asio::io_context>() : nullptr), io_(io ? *io : *own_io_) {
  if (own_io_) work_.emplace(own_io_->get_executor());
}

void AsioServer::State::listen(AsioServerConfig config) {
  const auto self = weak_from_this();
  config = checked(std::move(config));
  auto core = std::make_shared<http1::ServerCore>(bus_, io_, std::move(config), [self] {
    if (const auto state = self.lock()) state->connection_gone();
  });
  accept_loop_ = std::make_shared<http1::AcceptLoop>(
      io_, core->config,
      [core = core.get()] { return core->connections.size() < core->config.max_connections; },
      [self](http1::Socket socket, const asio::ip::address& peer) {
        if (const auto state = self.lock()) state->take(std::move(socket), peer);
      },
      core->counters);
  stop_timer_.emplace(accept_loop_->strand());
  core_ = std::move(core);
  offer_metrics();
  bus_timer_ = std::make_shared<http1::BusTimer>(bus_, io_, core_->wakes);
  bus_timer_->start();
  on_strand([](State& state) { state.accept_loop_->resume(); });
}

AsioServerStats AsioServer::State::stats() const {
  AsioServerStats stats;
  core_->site->count(stats);
  core_->counters.count(stats);
  stats.connections = core_->connections.size();
  stats.input_bytes = core_->input.taken();
  return stats;
}

void AsioServer::State::offer_metrics() {
  const auto& path = core_->config.metrics_path;
  if (path.empty()) return;
  core_->site->route(path, [self = weak_from_this()](const HttpRequest& request) {
    const auto state = self.lock();
    if (!state) return http1::status_response(503);
    if (request.method != "GET" && request.method != "HEAD") return http1::status_response(405);
    PrometheusText text;
    text.add(state->bus_.stats());
    text.add_all("server", state->stats());
    text.add_all("http", state->core_->site->http_stats());
    text.add_all("websocket", state->core_->site->websocket_stats());
    return HttpResponse{200, {{"Content-Type", "text/plain; version=0.0.4"}, {"Cache-Control", "no-store"}}, text.text()};
  });
}

template <class Function>
void AsioServer::State::on_strand(Function function) {
  core_->wakes->run([self = weak_from_this(), function] {
    const auto state = self.lock();
    if (!state) return;
    asio::dispatch(state->accept_loop_->strand(), [self, function] {
      if (const auto again = self.lock()) function(*again);
    });
  });
}

/// One too many from its address is closed rather than left to wait: that would hold up all others.
void AsioServer::State::take(http1::Socket socket, const asio::ip::address& peer) {
  const auto address = http1::plain(peer);
  auto place = core_->addresses.enter(address);
  if (!place) return http1::Counters::add(core_->counters.over_address);
  std::make_shared<http1::Connection>(core_, std::move(socket), address, std::move(*place))->start();
}

void AsioServer::State::connection_gone() {
  if (core_->stopping) {
    on_strand([](State& state) { state.finish_if_empty(); });
  } else if (accept_loop_->wants_room()) {
    on_strand([](State& state) { state.accept_loop_->resume(); });
  }
}

void AsioServer::State::run() {
  if (!own_io_) throw std::system_error(make_error_code(Errc::config_invalid), "run: the io_context is the host's");
  std::vector<std::thread> others;
  try {
    while (others.size() + 1 < core_->config.threads) others.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    stop();
    for (std::thread& thread : others) thread.join();
    throw;
  }
  work();
  for (std::thread& thread : others) thread.join();
}

/// What a task of the host throws is caught where it runs: here arrives what nobody could foresee.
void AsioServer::State::work() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (...) {
      bus_.report_exception("handler of the server");
    }
  }
}

void AsioServer::State::reload_certificate() {
  if (!core_->tls) {
    throw std::system_error(make_error_code(Errc::config_invalid), "reload_certificate: the server has no TLS");
  }
  core_->tls->reload();
}

void AsioServer::State::stop() {
  if (core_->stopping.exchange(true)) return;
  on_strand([](State& state) { state.begin_stop(); });
}

void AsioServer::State::drain(Milliseconds deadline) {
  bus_.drain(deadline, [self = weak_from_this()] {
    if (const auto state = self.lock()) state->stop();
  });
}

void AsioServer::State::begin_stop() {
  accept_loop_->close();
  signals_.reset();
  asio::dispatch(bus_timer_->strand(), [timer = bus_timer_] { timer->stop(); });
  {
    const std::lock_guard lock(tasks_mutex_);
    for (const auto& task : tasks_) task->stop();
    tasks_.clear();
  }
  stop_timer_->expires_after(core_->config.stop_timeout);
  stop_timer_->async_wait([core = core_](std::error_code error) {
    if (error) return;
    const auto late = core->connections.all();
    http1::Counters::add(core->counters.stop_timeouts, late.size());
    for (const auto& connection : late) connection->tell(http1::Connection::killed);
  });
  for (const auto& connection : core_->connections.all()) connection->tell(http1::Connection::stopping);
  finish_if_empty();
}

void AsioServer::State::finish_if_empty() {
  if (core_->connections.size() > 0) return;
  stop_timer_->cancel();
  core_->deadlines->stop();
  core_->readiness->stop();
  work_.reset();
}

void AsioServer::State::stop_on_signals() {
  on_strand([](State& state) {
    if (state.core_->stopping || state.signals_) return;
    state.signals_.emplace(state.accept_loop_->strand(), SIGINT, SIGTERM);
    state.wait_for_signal();
  });
}

void AsioServer::State::wait_for_signal() {
  signals_->async_wait([self = weak_from_this()](std::error_code error, int) {
    const auto state = self.lock();
    if (error || !state || !state->signals_) return;
    // That the bus drains says nothing: another server of it may have had this very signal before.
    if (std::exchange(state->signalled_, true)) return state->stop();
    state->wait_for_signal();
    state->drain(state->core_->config.drain_timeout);
  });
}

void AsioServer::State::post(std::function<void()> task) {
  core_->wakes->run(guarded(std::move(task)));
}

void AsioServer::State::every(Milliseconds period, std::function<void()> task) {
  const std::lock_guard lock(tasks_mutex_);
  if (core_->stopping) return;
  const auto pause = std::clamp(period, Milliseconds{1}, longest_time);
  tasks_.push_back(std::make_shared<http1::PeriodicTask>(io_, pause, guarded(std::move(task))));
  tasks_.back()->start();
}

std::function<void()> AsioServer::State::guarded(std::function<void()> task) const {
  return [task = std::move(task), self = weak_from_this(), &bus = bus_] {
    if (self.expired()) return;
    try {
      task();
    } catch (...) {
      bus.report_exception("task of the server");
    }
  };
}

void AsioServer::State::close() noexcept {
  core_->stopping = true;
  core_->wakes->close();
  accept_loop_->close();
  bus_timer_->stop();
  stop_timer_->cancel();
  signals_.reset();
  for (const auto& task : tasks_) task->end();
  for (const auto& connection : core_->connections.all()) connection->tell(http1::Connection::killed);
  core_->deadlines->stop();
  core_->readiness->stop();
  core_->site.reset();
}

}  // namespace bayeux
