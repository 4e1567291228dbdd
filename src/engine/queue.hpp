#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <bayeux/frame.hpp>

namespace bayeux::engine {

/// A frame in the queue of one client. Its number says behind which replies it belongs; numbers only grow.
struct Item {
  Frame frame;  ///< Empty while it is not decided whether the client gets it.
  std::uint64_t number;
};

/// What waits for one client, first in, first out. An empty queue holds next to no memory: most of them are empty most
/// of the time.
class Queue final {
 public:
  bool empty() const noexcept { return head_ == items_.size(); }
  std::size_t size() const noexcept { return items_.size() - head_; }
  std::size_t bytes() const noexcept { return bytes_; }

  /// The number of what will be pushed next.
  std::uint64_t end() const noexcept { return end_; }

  /// An empty frame keeps a place, and everything behind it, until it is filled.
  std::uint64_t push(Frame frame) {
    bytes_ += frame.size();
    items_.push_back({std::move(frame), end_});
    return end_++;
  }

  const Item& front() const noexcept { return items_[head_]; }

  Item pop() noexcept {
    Item item = std::move(items_[head_]);
    bytes_ -= item.frame.size();
    if (++head_ == items_.size()) {
      reset();
    } else if (head_ >= compact_at && head_ * 2 >= items_.size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return item;
  }

  /// The item with that number; nullptr when there is none, or not any more.
  const Item* at(std::uint64_t number) const noexcept {
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto item = std::lower_bound(begin, items_.end(), number,
                                       [](const Item& entry, std::uint64_t wanted) { return entry.number < wanted; });
    return item != items_.end() && item->number == number ? &*item : nullptr;
  }

  /// False when no place is kept under that number, or not any more.
  bool fill(std::uint64_t number, Frame frame) {
    const Item* place = at(number);
    if (place == nullptr || place->frame) return false;
    bytes_ += frame.size();
    items_[index_of(place)].frame = std::move(frame);
    return true;
  }

  /// False when there is no such item, or not any more.
  bool remove(std::uint64_t number) {
    const Item* item = at(number);
    if (item == nullptr) return false;
    if (item == &items_[head_]) {
      pop();
      return true;
    }
    bytes_ -= item->frame.size();
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(index_of(item)));
    return true;
  }

  /// Puts what was popped in front again.
  void restore(std::span<const Item> items) {
    for (const auto& item : items) bytes_ += item.frame.size();
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(head_), items.begin(), items.end());
  }

 private:
  static constexpr std::size_t compact_at = 64;

  /// What an empty queue may keep for the next messages.
  static constexpr std::size_t spare = 16;

  std::size_t index_of(const Item* item) const noexcept { return static_cast<std::size_t>(item - items_.data()); }

  void reset() noexcept {
    if (items_.capacity() > spare) {
      std::vector<Item>().swap(items_);
    } else {
      items_.clear();
    }
    head_ = 0;
  }

  std::vector<Item> items_;
  std::size_t head_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace bayeux::engine
