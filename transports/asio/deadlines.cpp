#include "deadlines.hpp"

#include <algorithm>

#include <asio/post.hpp>

namespace bayeux::http1 {

namespace {

/// Deadlines are that coarse, so that many of them cost one tick.
constexpr Milliseconds granularity{50};

/// The first slot, counted from the beginning of time, at whose turn `due` has passed.
std::int64_t slot_of(Time due) {
  return due.time_since_epoch() / granularity + 1;
}

Time turn_of(std::int64_t slot) {
  return Time(slot * granularity);
}

}  // namespace

Deadlines::Deadlines(asio::io_context& io, const Lengths& lengths)
    : lengths_(lengths),
      looked_(slot_of(std::chrono::steady_clock::now()) - 1),
      strand_(asio::make_strand(io)),
      timer_(strand_) {}

void Deadlines::set(Entry& entry, Wait wait) {
  if (wait == Wait::nothing) {
    entry.due_ = Time::max();
    return;
  }
  const Time due = std::chrono::steady_clock::now() + lengths_[static_cast<std::size_t>(wait)];
  // In this order, opposite to that in which `look_at` goes: one of the two sees what the other did.
  entry.due_ = due;
  if (entry.looked_at_.load() > due) schedule(entry, due);
}

void Deadlines::remove(Entry& entry) {
  const std::lock_guard lock(mutex_);
  entry.due_ = Time::max();
  unlink(entry);
}

bool Deadlines::passed(const Entry& entry) noexcept {
  return entry.due_.load() <= std::chrono::steady_clock::now();
}

void Deadlines::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  asio::post(strand_, [self = weak_from_this()] {
    if (const auto deadlines = self.lock()) deadlines->timer_.cancel();
  });
}

/// Has it looked at in time, and the timer set for that.
void Deadlines::schedule(Entry& entry, Time due) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  unlink(entry);
  link(entry, due);
  const Time turn = turn_of(slot_of(due));
  if (turn >= timer_due_) return;
  timer_due_ = turn;
  asio::post(strand_, [self = weak_from_this()] {
    if (const auto deadlines = self.lock()) deadlines->tick();
  });
}

void Deadlines::link(Entry& entry, Time due) {
  // What is due already is looked at in the next turn.
  entry.slot_ = static_cast<std::size_t>(std::max(slot_of(due), looked_ + 1)) % slots;
  Entry*& first = wheel_[entry.slot_];
  entry.next_ = first;
  if (first != nullptr) first->previous_ = &entry;
  first = &entry;
  entry.looked_at_ = due;
}

void Deadlines::unlink(Entry& entry) {
  if (entry.looked_at_.load() == Time::max()) return;
  if (entry.next_ != nullptr) entry.next_->previous_ = entry.previous_;
  (entry.previous_ != nullptr ? entry.previous_->next_ : wheel_[entry.slot_]) = entry.next_;
  entry.previous_ = entry.next_ = nullptr;
  entry.looked_at_ = Time::max();
}

std::optional<Time> Deadlines::earliest() const {
  for (std::int64_t slot = looked_ + 1; slot <= looked_ + static_cast<std::int64_t>(slots); ++slot) {
    if (wheel_[static_cast<std::size_t>(slot) % slots] != nullptr) return turn_of(slot);
  }
  return std::nullopt;
}

std::vector<std::shared_ptr<Deadlines::Entry>> Deadlines::take_due(Time now) {
  std::vector<std::shared_ptr<Entry>> due;
  const std::int64_t last = slot_of(now) - 1;
  const std::int64_t first = std::max(looked_ + 1, last - static_cast<std::int64_t>(slots) + 1);
  for (std::int64_t slot = first; slot <= last; ++slot) {
    looked_ = slot;
    look_at(wheel_[static_cast<std::size_t>(slot) % slots], now, due);
  }
  looked_ = std::max(looked_, last);
  return due;
}

void Deadlines::look_at(Entry*& slot, Time now, std::vector<std::shared_ptr<Entry>>& due) {
  Entry* next = slot;
  slot = nullptr;
  while (Entry* const entry = next) {
    next = entry->next_;
    entry->previous_ = entry->next_ = nullptr;
    entry->looked_at_ = Time::max();
    const Time when = entry->due_.load();
    if (when <= now) {
      if (auto kept = entry->keep()) due.push_back(std::move(kept));
    } else if (when != Time::max()) {
      link(*entry, when);
    }
  }
}

void Deadlines::tick() {
  std::vector<std::shared_ptr<Entry>> due;
  {
    const std::lock_guard lock(mutex_);
    due = take_due(std::chrono::steady_clock::now());
  }
  for (const auto& entry : due) entry->deadline_passed();
  due.clear();
  const std::lock_guard lock(mutex_);
  const auto next = earliest();
  timer_due_ = Time::max();
  if (next && !stopped_) start_timer(*next);
}

void Deadlines::start_timer(Time next) {
  timer_due_ = std::max(next, std::chrono::steady_clock::now() + granularity);
  timer_.expires_at(timer_due_);
  timer_.async_wait([self = weak_from_this()](std::error_code error) {
    const auto deadlines = self.lock();
    if (!error && deadlines) deadlines->tick();
  });
}

}  // namespace bayeux::http1
