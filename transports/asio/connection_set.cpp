#include "connection_set.hpp"

#include <utility>

#include "connection.hpp"

namespace bayeux::http1 {

void ConnectionSet::add(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    slots_.emplace_back();
    free_.reserve(slots_.capacity());  // So that removing never fails.
    free_.push_back(slots_.size() - 1);
  }
  connection->set_slot(free_.back());
  slots_[free_.back()] = std::move(connection);
  free_.pop_back();
  ++size_;
}

void ConnectionSet::remove(Connection& connection) {
  std::shared_ptr<Connection> gone;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t slot = connection.slot();
    if (slot >= slots_.size() || slots_[slot].get() != &connection) return;
    gone = std::move(slots_[slot]);
    free_.push_back(slot);
    --size_;
  }
  on_removed_();
}

std::shared_ptr<Connection> ConnectionSet::at(std::size_t slot) const {
  const std::lock_guard lock(mutex_);
  return slot < slots_.size() ? slots_[slot] : nullptr;
}

std::vector<std::shared_ptr<Connection>> ConnectionSet::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  found.reserve(size_);
  for (const auto& connection : slots_) {
    if (connection != nullptr) found.push_back(connection);
  }
  return found;
}

}  // namespace bayeux::http1
