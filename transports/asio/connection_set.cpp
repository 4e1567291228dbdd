#include "connection_set.hpp"

#include <utility>

#include "connection.hpp"

namespace bayeux::http1 {

void ConnectionSet::add(std::shared_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  Connection* const key = connection.get();
  connections_.emplace(key, std::move(connection));
  size_ = connections_.size();
}

void ConnectionSet::remove(Connection& connection) {
  std::shared_ptr<Connection> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(&connection);
    if (found == connections_.end()) return;
    gone = std::move(found->second);
    connections_.erase(found);
    size_ = connections_.size();
  }
  on_removed_();
}

std::vector<std::shared_ptr<Connection>> ConnectionSet::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  found.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) found.push_back(connection);
  return found;
}

}  // namespace bayeux::http1
