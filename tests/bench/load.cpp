#include "load.hpp"

#include <algorithm>

namespace bayeux::bench {

namespace {

constexpr std::uint64_t ms = 1'000'000;

}  // namespace

void Load::add_clients(std::size_t count, const std::vector<std::string>& channels) {
  for (std::size_t i = 0; i < count; ++i) {
    add_client(channels, false);
    if (i % 100 == 99) idle(0);
  }
}

void Load::add_client(const std::vector<std::string>& channels, bool publishes) {
  const auto index = static_cast<std::uint32_t>(clients_.size());
  Client& client = clients_.emplace_back(target_, channels);
  for (const auto& channel : channels) audiences_[channel].push_back(index);
  connect(client.socket(), true);
  connections_.back().input = client.take_input();
  poll(connections_.back());
  if (!publishes) return;
  if (!target_.websocket) connect(connect_to(target_.host, target_.port), false);
  publishers_.push_back(&connections_.back());
}

void Load::connect(int socket, bool polls) {
  Connection& connection = connections_.emplace_back();
  connection.socket = socket;
  connection.client = static_cast<std::uint32_t>(clients_.size() - 1);
  connection.polls = polls;
  poller_.add(socket, connections_.size() - 1);
}

Ledger Load::ledger_for(const std::vector<Burst>& bursts) {
  Ledger ledger(next_number_, clients_.size(), publishers_.size());
  for (const Burst& burst : bursts) {
    for (const std::string* channel : burst.channels) ledger.expect(audiences_[*channel]);
  }
  return ledger;
}

void Load::run(const std::vector<Burst>& bursts, Ledger& ledger, int patience_ms) {
  bursts_ = &bursts;
  ledger_ = &ledger;
  next_burst_ = 0;
  began_ns_ = now_ns_ = now_ns();
  std::size_t arrived = 0;
  std::uint64_t last_arrival = now_ns_;
  while (next_burst_ < bursts.size() || !ledger.complete()) {
    publish_due();
    const bool more = next_burst_ < bursts.size();
    if (ledger.deliveries() != arrived || more) {
      arrived = ledger.deliveries();
      last_arrival = now_ns_;
    } else if (now_ns_ - last_arrival > static_cast<std::uint64_t>(patience_ms) * ms) {
      break;
    }
    poll_for(more ? &bursts[next_burst_] : nullptr, 10);
  }
  ledger_ = nullptr;
}

void Load::idle(int wait_ms) {
  bursts_ = nullptr;
  now_ns_ = now_ns();
  const auto end = now_ns_ + static_cast<std::uint64_t>(wait_ms) * ms;
  do {
    poll_for(nullptr, static_cast<int>((end - now_ns_) / ms));
  } while (now_ns_ < end);
}

void Load::set_polling(bool on) {
  polling_ = on;
  if (!on || target_.websocket) return;
  for (Connection& connection : connections_) {
    if (connection.polls && !connection.waits) poll(connection);
  }
}

/// The last part of a millisecond before the next burst is spun, which is more exact than any timer.
void Load::poll_for(const Burst* next, int wait_ms) {
  const auto due = next == nullptr ? UINT64_MAX : began_ns_ + next->due_ns;
  if (due <= now_ns_) {
    wait_ms = 0;
  } else {
    wait_ms = static_cast<int>(std::min<std::uint64_t>((due - now_ns_) / ms, static_cast<std::uint64_t>(wait_ms)));
  }
  const auto events = poller_.wait(wait_ms);
  now_ns_ = now_ns();
  for (const epoll_event& event : events) {
    read(connections_[event.data.u64]);
    publish_due();
  }
}

void Load::publish_due() {
  if (bursts_ == nullptr) return;
  while (next_burst_ < bursts_->size() && began_ns_ + (*bursts_)[next_burst_].due_ns <= now_ns_) {
    if (!publish((*bursts_)[next_burst_])) return;
    ++next_burst_;
  }
}

bool Load::publish(const Burst& burst) {
  Connection* publisher = free_publisher();
  if (publisher == nullptr) {
    held_back_ = true;
    return false;
  }
  const auto due = began_ns_ + burst.due_ns;
  std::vector<std::string> stamps(burst.channels.size());
  std::vector<Outgoing> messages;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    append_stamp(stamps[i], {due, static_cast<std::uint32_t>(next_publisher_), next_number_++}, payload_);
    messages.push_back({*burst.channels[i], stamps[i]});
  }
  request_.clear();
  clients_[publisher->client].append_publish(request_, messages);
  publisher->waits = !target_.websocket;
  if (!send_all(publisher->socket, request_)) close(*publisher);
  punctuality_.lags_ms.push_back(static_cast<float>(now_ns() - due) / 1e6F);
  punctuality_.held_back += held_back_;
  held_back_ = false;
  return true;
}

Load::Connection* Load::free_publisher() {
  for (std::size_t tried = 0; tried < publishers_.size(); ++tried) {
    next_publisher_ = next_publisher_ + 1 < publishers_.size() ? next_publisher_ + 1 : 0;
    Connection* publisher = publishers_[next_publisher_];
    if (!publisher->waits && publisher->socket >= 0) return publisher;
  }
  return nullptr;
}

}  // namespace bayeux::bench
