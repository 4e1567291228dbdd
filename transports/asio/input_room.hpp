#pragma once

#include <atomic>
#include <cstddef>

namespace bayeux::http1 {

/// What has come in over all connections of a server, and cannot be handed on yet, within a limit for all of them
/// together.
///
/// Threads: any.
class InputRoom final {
 public:
  /// A connection with no more than that is not held back: whoever sends little goes on when others have taken all.
  static constexpr std::size_t always = 16 * 1024;

  explicit InputRoom(std::size_t most) noexcept : most_(most) {}

  std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

  /// What one connection has of it, as long as this lives. Must not outlive the room.
  ///
  /// Threads: one at a time.
  class Part final {
   public:
    explicit Part(InputRoom& room) noexcept : room_(room) {}
    ~Part() { resize(0); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    /// Says how much it is now. False when it has become more than there is room for: then something has to go.
    bool resize(std::size_t size) noexcept;

   private:
    InputRoom& room_;
    std::size_t size_ = 0;
  };

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace bayeux::http1
