#include "session_table.hpp"

#include <new>

namespace bayeux::engine {

SessionTable::~SessionTable() {
  for (Session* session : sessions_) session->~Session();
}

Session& SessionTable::add(std::string_view id) {
  if (free_.empty()) {
    auto& slab = *slabs_.emplace_back(std::make_unique<Slab>());
    for (auto place = slab.rbegin(); place != slab.rend(); ++place) free_.push_back(&*place);
  }
  const auto destroy = [](Session* session) { session->~Session(); };
  std::unique_ptr<Session, decltype(destroy)> session(new (free_.back()) Session(id), destroy);
  sessions_.insert(session.get());
  free_.pop_back();
  return *session.release();
}

Session* SessionTable::find(const Id& id) const {
  const auto entry = sessions_.find(id);
  return entry != sessions_.end() ? *entry : nullptr;
}

void SessionTable::erase(Session& session) {
  sessions_.erase(&session);
  session.~Session();
  free_.push_back(reinterpret_cast<Place*>(&session));
  if (!sessions_.empty()) return;
  free_.clear();
  slabs_.clear();
}

void SessionTable::append_ids(std::vector<std::string>& ids) const {
  for (const Session* session : sessions_) ids.push_back(session->id.string());
}

std::vector<Session*> SessionTable::all() const {
  return {sessions_.begin(), sessions_.end()};
}

}  // namespace bayeux::engine
