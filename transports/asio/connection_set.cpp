#include "connection_set.hpp"

#include "connection.hpp"

namespace bayeux::http1 {

void ConnectionSet::add(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.insert(&connection);
  size_ = connections_.size();
}

void ConnectionSet::remove(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connections_.erase(&connection) == 0) return;
    size_ = connections_.size();
  }
  on_removed_();
}

std::vector<std::shared_ptr<Connection>> ConnectionSet::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  found.reserve(connections_.size());
  for (Connection* connection : connections_) {
    if (auto kept = connection->weak_from_this().lock()) found.push_back(std::move(kept));
  }
  return found;
}

}  // namespace bayeux::http1
