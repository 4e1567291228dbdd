#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger.hpp"
#include "load.hpp"
#include "load_options.hpp"
#include "report.hpp"

namespace bayeux::bench {

/// What a run has cost, and whether everything arrived.
class Account final {
 public:
  explicit Account(const LoadOptions& options) : options_(options) {}

  /// Carries out a plan of which only the faults count.
  void warm_up(Load& load, const std::vector<Burst>& bursts);

  /// Carries out a plan and returns how long its slowest message took, in milliseconds.
  double measure(Load& load, const std::vector<Burst>& bursts);

  void report(Load& load, Report& report) const;

 private:
  Ledger run(Load& load, const std::vector<Burst>& bursts);
  double server_seconds() const;

  const LoadOptions& options_;
  Faults faults_;
  std::vector<float> latencies_ms_;
  std::size_t publishes_ = 0;
  std::uint64_t responses_ = 0;
  double server_seconds_ = 0;
  double own_seconds_ = 0;
  double seconds_ = 0;
};

}  // namespace bayeux::bench
