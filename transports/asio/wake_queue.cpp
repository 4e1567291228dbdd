#include "wake_queue.hpp"

#include <algorithm>

#include <asio/post.hpp>

#include "connection.hpp"

namespace bayeux::http1 {

namespace {

/// So many connections are answered in one go; others have their turn in between, and other threads take a share.
constexpr std::size_t share = 128;

void wake_all(const std::vector<std::shared_ptr<Connection>>& batch) {
  if (!batch.empty()) batch.front()->core().readiness->wake(batch);
}

}  // namespace

void WakeQueue::wake(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (io_ == nullptr) return;
  waiting_.push_back(std::move(connection));
  if (crossing_) return;
  asio::post(*io_, [self = shared_from_this()] { self->drain(); });
  // Not before: for want of memory the post may fail, and then the next wake takes those along who wait.
  crossing_ = true;
}

void WakeQueue::run(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (io_ != nullptr) asio::post(*io_, std::move(task));
}

void WakeQueue::close() {
  Batch dropped;
  const std::lock_guard lock(mutex_);
  io_ = nullptr;
  dropped.swap(waiting_);
}

void WakeQueue::drain() {
  Batch all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(waiting_);
    crossing_ = false;
  }
  try {
    share_out(all);
  } catch (...) {
    // Out of memory: then this thread answers those whom it could not give away.
  }
  wake_all(all);
}

void WakeQueue::share_out(Batch& all) {
  while (all.size() > share) {
    const auto from = all.end() - static_cast<std::ptrdiff_t>(share);
    auto part = std::make_shared<const Batch>(from, all.end());
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    asio::post(*io_, [part = std::move(part)] { wake_all(*part); });
    all.erase(from, all.end());
  }
}

}  // namespace bayeux::http1
