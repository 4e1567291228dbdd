#pragma once

#include <functional>
#include <utility>

namespace bayeux {

/// Holds delivery back for as long as it lives: what is published and delivered meanwhile stands in the queues, and
/// leaves together when the last batch ends, in one response or as large a part of it as fits. Batches nest. A held
/// connect whose time is up is answered without.
///
///     {
///       const auto batch = bus.batch();
///       for (const auto& [name, price] : prices) bus.channel("/stocks/" + name).publish(price);
///     }
///
/// May outlive the bus.
/// Threads: one at a time, any.
class [[nodiscard]] Batch final {
 public:
  Batch() noexcept = default;
  explicit Batch(std::function<void()> end) noexcept : end_(std::move(end)) {}
  Batch(Batch&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Batch& operator=(Batch&& other) noexcept {
    if (this != &other) {
      end();
      end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
  }
  ~Batch() { end(); }

  /// Ends it now.
  void end() noexcept {
    if (auto end = std::exchange(end_, nullptr)) end();
  }

 private:
  std::function<void()> end_;
};

}  // namespace bayeux
