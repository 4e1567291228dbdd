#include "audience.hpp"

#include <poll.h>

#include <algorithm>

namespace bayeux::test {

using namespace std::chrono_literals;

Audience::Audience(std::uint16_t port, std::size_t size, std::chrono::milliseconds period)
    : period_(period), publisher_(std::make_unique<SocketClient>(port)), listeners_(size) {
  for (Listener& listener : listeners_) {
    listener.client = std::make_unique<SocketClient>(port);
    listener.client->subscribe("/beat");
  }
  next_ = Clock::now();
  thread_ = std::thread([this] { work(); });
}

Audience::~Audience() {
  stop();
}

void Audience::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Audience::complete() const noexcept {
  return std::all_of(listeners_.begin(), listeners_.end(),
                     [this](const Listener& listener) { return listener.heard == published_; });
}

void Audience::work() {
  std::vector<pollfd> waits;
  for (const Listener& listener : listeners_) waits.push_back({listener.client->peer.descriptor(), POLLIN, 0});
  waits.push_back({publisher_->peer.descriptor(), POLLIN, 0});
  Clock::time_point patience = Clock::time_point::max();
  while (!(stopping_ && (complete() || Clock::now() > patience))) {
    if (stopping_) {
      patience = std::min(patience, Clock::now() + 20s);
    } else if (Clock::now() >= next_) {
      publish();
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - Clock::now());
    ::poll(waits.data(), waits.size(), stopping_ ? 10 : static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
      if (waits[i].revents != 0) listen(listeners_[i]);
    }
    if (waits.back().revents != 0) publisher_->next();
  }
}

void Audience::publish() {
  const auto due = std::to_string(next_.time_since_epoch().count());
  publisher_->say(message_text(publisher_->id, "/beat",
                               R"("data":{"n":)" + std::to_string(published_) + R"(,"due":)" + due + "}"));
  ++published_;
  next_ += period_;
}

void Audience::listen(Listener& listener) {
  if (!listener.client->receive_ready()) return;
  const auto now = Clock::now();
  std::string text;
  while (listener.client->take(text)) {
    const auto number = value_of(text, "n");
    if (number.empty()) continue;  // The answer to something.
    if (std::stoull(number) != listener.heard++) ++out_of_order_;
    const Clock::time_point due{Clock::duration(std::stoll(value_of(text, "due")))};
    const std::lock_guard lock(mutex_);
    samples_.push_back({due, std::chrono::duration<double, std::milli>(now - due).count()});
  }
}

std::vector<double> Audience::latencies(Clock::time_point from, Clock::time_point to) const {
  std::vector<double> all;
  {
    const std::lock_guard lock(mutex_);
    for (const Sample& sample : samples_) {
      if (sample.published >= from && sample.published < to) all.push_back(sample.milliseconds);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

double percentile(const std::vector<double>& growing, double part) {
  if (growing.empty()) return 0;
  return growing[std::min(growing.size() - 1, static_cast<std::size_t>(part * static_cast<double>(growing.size())))];
}

}  // namespace bayeux::test
