#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <bayeux/frame.hpp>

namespace bayeux::engine {

/// What waits for one client, first in, first out. Every frame has a sequence number, so that a reply can say behind
/// which of them it belongs. An empty queue holds next to no memory: most of them are empty most of the time.
class Queue final {
 public:
  bool empty() const noexcept { return head_ == frames_.size(); }
  std::size_t size() const noexcept { return frames_.size() - head_; }
  std::size_t bytes() const noexcept { return bytes_; }

  /// The numbers of the frame in front and of the one that will be pushed next.
  std::uint64_t first() const noexcept { return first_; }
  std::uint64_t end() const noexcept { return first_ + size(); }

  void push(Frame frame) {
    bytes_ += frame.size();
    frames_.push_back(std::move(frame));
  }

  const Frame& front() const noexcept { return frames_[head_]; }

  Frame pop() noexcept {
    Frame frame = std::move(frames_[head_]);
    bytes_ -= frame.size();
    ++first_;
    if (++head_ == frames_.size()) {
      reset();
    } else if (head_ >= compact_at && head_ * 2 >= frames_.size()) {
      frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return frame;
  }

 private:
  static constexpr std::size_t compact_at = 64;

  void reset() noexcept {
    if (frames_.capacity() > compact_at) {
      std::vector<Frame>().swap(frames_);
    } else {
      frames_.clear();
    }
    head_ = 0;
  }

  std::vector<Frame> frames_;
  std::size_t head_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t first_ = 0;
};

}  // namespace bayeux::engine
