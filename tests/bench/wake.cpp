#include <string>
#include <vector>

#include "account.hpp"
#include "load.hpp"
#include "shapes.hpp"

namespace bayeux::bench {

namespace {

/// Until all polls are parked again.
constexpr int settle_ms = 500;

}  // namespace

void run_wake(const LoadOptions& options, Report& report) {
  const std::string channel = "/bench";
  const std::vector<Burst> one{{0, {&channel}}};
  Load load(options.target, options.payload);
  load.add_clients(options.clients, {channel});
  load.add_client({}, true);
  Account account(options);
  std::vector<float> rounds;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    load.idle(settle_ms);
    load.set_polling(false);
    if (round == 0) {
      account.warm_up(load, one);
    } else {
      rounds.push_back(static_cast<float>(account.measure(load, one)));
    }
    load.set_polling(true);
  }
  report.add("wake_ms", quantile(rounds, 0.5));
  report.add("wake_best_ms", quantile(rounds, 0));
  report.add("wake_worst_ms", quantile(rounds, 1));
  account.report(load, report);
}

}  // namespace bayeux::bench
