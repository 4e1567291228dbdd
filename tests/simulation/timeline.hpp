#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace bayeux::simulation {

/// Milliseconds since the beginning of the run.
using Moment = std::int64_t;

/// What is going to happen, in the order of time and then in the order in which it was said.
class Timeline final {
 public:
  void at(Moment time, std::function<void()> what) {
    entries_.push_back({time, ++number_, std::move(what)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }

  std::optional<Moment> next() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.front().time);
  }

  std::function<void()> pop() {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    auto what = std::move(entries_.back().what);
    entries_.pop_back();
    return what;
  }

 private:
  struct Entry {
    Moment time;
    std::uint64_t number;
    std::function<void()> what;
  };

  static bool later(const Entry& a, const Entry& b) {
    return a.time != b.time ? a.time > b.time : a.number > b.number;
  }

  std::vector<Entry> entries_;
  std::uint64_t number_ = 0;
};

}  // namespace bayeux::simulation
