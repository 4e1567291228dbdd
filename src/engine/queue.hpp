#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
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

/// What waits for one client, first in, first out. Most queues are empty most of the time and then get one message:
/// that one stands in the queue itself, so that a publish need not touch any other memory. Those behind it stand
/// elsewhere.
class Queue final {
 public:
  bool empty() const noexcept { return !has_first() && (rest_ == nullptr || rest_->empty()); }
  std::size_t size() const noexcept { return (has_first() ? 1 : 0) + (rest_ != nullptr ? rest_->size() : 0); }
  std::size_t bytes() const noexcept { return first_.frame.size() + (rest_ != nullptr ? rest_->bytes : 0); }

  /// The number of what will be pushed next.
  std::uint64_t end() const noexcept { return end_; }

  /// An empty frame keeps a place, and everything behind it, until it is filled.
  std::uint64_t push(Frame frame) {
    if (empty()) {
      first_ = {std::move(frame), end_};
    } else {
      if (rest_ == nullptr) rest_ = std::make_unique<Rest>();
      rest_->bytes += frame.size();
      rest_->items.push_back({std::move(frame), end_});
    }
    return end_++;
  }

  const Item& front() const noexcept { return has_first() ? first_ : rest_->items[rest_->head]; }

  Item pop() noexcept {
    if (has_first()) return std::exchange(first_, {{}, nobody});
    Item item = rest_->pop();
    if (rest_->empty() && rest_->items.capacity() > spare) rest_.reset();
    return item;
  }

  /// The item with that number; nullptr when there is none, or not any more.
  const Item* at(std::uint64_t number) const noexcept {
    if (number == nobody) return nullptr;
    if (first_.number == number) return &first_;
    if (rest_ == nullptr) return nullptr;
    const auto& items = rest_->items;
    const auto item = std::lower_bound(rest_->begin(), items.end(), number,
                                       [](const Item& entry, std::uint64_t wanted) { return entry.number < wanted; });
    return item != items.end() && item->number == number ? &*item : nullptr;
  }

  /// False when no place is kept under that number, or not any more.
  bool fill(std::uint64_t number, Frame frame) {
    const Item* place = at(number);
    if (place == nullptr || place->frame) return false;
    if (place == &first_) {
      first_.frame = std::move(frame);
    } else {
      rest_->bytes += frame.size();
      rest_->items[rest_->index_of(place)].frame = std::move(frame);
    }
    return true;
  }

  /// False when there is no such item, or not any more.
  bool remove(std::uint64_t number) {
    const Item* item = at(number);
    if (item == nullptr) return false;
    if (item == &front()) {
      pop();
      return true;
    }
    rest_->bytes -= item->frame.size();
    rest_->items.erase(rest_->items.begin() + static_cast<std::ptrdiff_t>(rest_->index_of(item)));
    return true;
  }

  /// Puts what was popped in front again.
  void restore(std::span<const Item> items) {
    if (items.empty()) return;
    if (rest_ == nullptr) rest_ = std::make_unique<Rest>();
    if (has_first()) rest_->put_in_front(std::span(&first_, 1));
    rest_->put_in_front(items.subspan(1));
    first_ = items.front();
  }

 private:
  /// A number that none has.
  static constexpr std::uint64_t nobody = static_cast<std::uint64_t>(-1);

  static constexpr std::size_t compact_at = 64;

  /// What an empty queue may keep for the next messages.
  static constexpr std::size_t spare = 16;

  struct Rest {
    std::vector<Item> items;
    std::size_t head = 0;
    std::size_t bytes = 0;

    bool empty() const noexcept { return head == items.size(); }
    std::size_t size() const noexcept { return items.size() - head; }
    std::vector<Item>::const_iterator begin() const noexcept {
      return items.begin() + static_cast<std::ptrdiff_t>(head);
    }
    std::size_t index_of(const Item* item) const noexcept { return static_cast<std::size_t>(item - items.data()); }

    Item pop() noexcept {
      Item item = std::move(items[head]);
      bytes -= item.frame.size();
      if (++head == items.size()) {
        items.clear();
        head = 0;
      } else if (head >= compact_at && head * 2 >= items.size()) {
        items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(head));
        head = 0;
      }
      return item;
    }

    void put_in_front(std::span<const Item> more) {
      for (const auto& item : more) bytes += item.frame.size();
      items.insert(begin(), more.begin(), more.end());
    }
  };

  bool has_first() const noexcept { return first_.number != nobody; }

  Item first_{{}, nobody};
  std::uint64_t end_ = 0;
  std::unique_ptr<Rest> rest_;
};

}  // namespace bayeux::engine
