#include "deadlines.hpp"

#include <utility>

namespace bayeux::engine {

void Deadlines::arm(Entry& entry, Time at) {
  const auto rounded = Time(std::chrono::ceil<std::chrono::milliseconds>(at.time_since_epoch()));
  if (entry.armed) {
    if (entry.at() == rounded) return;
    disarm(entry);
  }
  if (latest_ == buckets_.end() || latest_->first != rounded) latest_ = bucket_of(rounded);
  Entry*& head = latest_->second;
  entry.bucket = latest_;
  entry.previous = nullptr;
  entry.next = head;
  if (head != nullptr) head->previous = &entry;
  head = &entry;
  entry.armed = true;
}

Deadlines::Buckets::iterator Deadlines::bucket_of(Time at) {
  const auto next = buckets_.lower_bound(at);
  if (next != buckets_.end() && next->first == at) return next;
  if (spare_.empty()) return buckets_.emplace_hint(next, at, nullptr);
  spare_.key() = at;
  return buckets_.insert(next, std::move(spare_));
}

void Deadlines::disarm(Entry& entry) noexcept {
  if (!entry.armed) return;
  if (entry.next != nullptr) entry.next->previous = entry.previous;
  if (entry.previous != nullptr) {
    entry.previous->next = entry.next;
  } else {
    entry.bucket->second = entry.next;
    if (entry.next == nullptr) {
      if (latest_ == entry.bucket) latest_ = buckets_.end();
      spare_ = buckets_.extract(entry.bucket);
    }
  }
  entry.previous = entry.next = nullptr;
  entry.armed = false;
}

Deadlines::Entry* Deadlines::pop_due(Time now) noexcept {
  if (buckets_.empty() || buckets_.begin()->first > now) return nullptr;
  Entry* entry = buckets_.begin()->second;
  disarm(*entry);
  return entry;
}

}  // namespace bayeux::engine
