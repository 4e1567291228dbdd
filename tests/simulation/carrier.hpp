#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <bayeux/transport.hpp>

#include "timeline.hpp"

namespace bayeux::simulation {

/// The bell of one link: rung by the bus, heard when the simulation gets round to it.
class Bell final : public Carrier, public std::enable_shared_from_this<Bell> {
 public:
  using Rung = std::vector<std::shared_ptr<Bell>>;

  Bell(Rung& rung, const Moment& now, std::function<void()> heard)
      : rung_(rung), now_(now), heard_(std::move(heard)) {}

  void wake() noexcept override {
    if (std::exchange(waits_, true)) return;
    rung_at_ = now_;
    rung_.push_back(shared_from_this());
  }

  /// When it was rung last.
  std::optional<Moment> rung_at() const { return rung_at_; }

  /// Nobody listens any more.
  void silence() { heard_ = nullptr; }

  /// Whether it was rung and has not been heard yet.
  bool waits() const { return waits_; }

  void hear() {
    waits_ = false;
    if (const auto heard = heard_) heard();
  }

 private:
  Rung& rung_;
  const Moment& now_;
  std::function<void()> heard_;
  bool waits_ = false;
  std::optional<Moment> rung_at_;
};

}  // namespace bayeux::simulation
