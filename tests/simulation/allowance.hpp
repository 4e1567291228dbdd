#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "timeline.hpp"

namespace bayeux::simulation {

/// How often a session may publish, as the configuration says it: since any moment, no more than a burst and what its
/// rate adds.
class Allowance final {
 public:
  /// A rate of 0 is no limit; any other one divides 1,000.
  Allowance(std::size_t rate, std::size_t burst)
      : step_(rate == 0 ? 0 : Moment(1'000 / rate)), burst_(static_cast<Moment>(burst)) {}

  bool allows(Moment now) const {
    Moment since = 1;
    for (auto when = taken_.rbegin(); when != taken_.rend(); ++when) {
      if ((++since - burst_) * step_ > now - *when) return false;
    }
    return true;
  }

  void take(Moment now) { taken_.push_back(now); }

 private:
  Moment step_;
  Moment burst_;
  std::vector<Moment> taken_;
};

}  // namespace bayeux::simulation
