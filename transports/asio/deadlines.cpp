#include "deadlines.hpp"

#include <algorithm>

#include <asio/post.hpp>

namespace bayeux::http1 {

namespace {

/// Deadlines are that coarse, so that many of them cost one tick.
constexpr Milliseconds granularity{50};

}  // namespace

Deadlines::Deadlines(asio::io_context& io, const Lengths& lengths)
    : lengths_(lengths), strand_(asio::make_strand(io)), timer_(strand_) {}

void Deadlines::set(Entry& entry, Wait wait) {
  const std::lock_guard lock(mutex_);
  unlink(entry);
  if (wait == Wait::nothing || stopped_) return;
  append(entry, wait);
  if (entry.due_ >= timer_due_) return;
  timer_due_ = entry.due_;
  asio::post(strand_, [self = weak_from_this()] {
    if (const auto deadlines = self.lock()) deadlines->tick();
  });
}

bool Deadlines::passed(const Entry& entry) const {
  const std::lock_guard lock(mutex_);
  return entry.wait_ != Wait::nothing && entry.due_ <= std::chrono::steady_clock::now();
}

void Deadlines::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  asio::post(strand_, [self = weak_from_this()] {
    if (const auto deadlines = self.lock()) deadlines->timer_.cancel();
  });
}

void Deadlines::unlink(Entry& entry) {
  if (entry.wait_ == Wait::nothing) return;
  Queue& queue = queues_[static_cast<std::size_t>(entry.wait_)];
  (entry.previous_ != nullptr ? entry.previous_->next_ : queue.first) = entry.next_;
  (entry.next_ != nullptr ? entry.next_->previous_ : queue.last) = entry.previous_;
  entry.previous_ = entry.next_ = nullptr;
  entry.wait_ = Wait::nothing;
}

void Deadlines::append(Entry& entry, Wait wait) {
  const auto kind = static_cast<std::size_t>(wait);
  Queue& queue = queues_[kind];
  entry.wait_ = wait;
  entry.due_ = std::chrono::steady_clock::now() + lengths_[kind];
  entry.previous_ = queue.last;
  (queue.last != nullptr ? queue.last->next_ : queue.first) = &entry;
  queue.last = &entry;
}

std::optional<Time> Deadlines::earliest() const {
  std::optional<Time> found;
  for (const Queue& queue : queues_) {
    if (queue.first != nullptr && (!found || queue.first->due_ < *found)) found = queue.first->due_;
  }
  return found;
}

std::vector<std::shared_ptr<Deadlines::Entry>> Deadlines::take_due(Time now) {
  std::vector<std::shared_ptr<Entry>> due;
  for (Queue& queue : queues_) {
    // They stay where they are until they were told, which moves them behind: so each is told once.
    for (Entry* entry = queue.first; entry != nullptr && entry->due_ <= now; entry = entry->next_) {
      if (auto kept = entry->keep()) due.push_back(std::move(kept));
    }
  }
  return due;
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
