#include "account.hpp"

#include <algorithm>

#include "net.hpp"
#include "usage.hpp"

namespace bayeux::bench {

namespace {

constexpr int patience_ms = 5'000;

/// For what the server still does when the last message has arrived: it reads polls.
constexpr int settle_ms = 200;

}  // namespace

void Account::warm_up(Load& load, const std::vector<Burst>& bursts) {
  run(load, bursts);
  load.take_punctuality();
}

double Account::measure(Load& load, const std::vector<Burst>& bursts) {
  const double server = server_seconds();
  const double own = cpu_seconds(0);
  const auto began = now_ns();
  const auto responses = load.responses();
  const Ledger ledger = run(load, bursts);
  server_seconds_ += server_seconds() - server;
  own_seconds_ += cpu_seconds(0) - own;
  seconds_ += static_cast<double>(now_ns() - began) / 1e9;
  responses_ += load.responses() - responses;
  for (const Burst& burst : bursts) publishes_ += burst.channels.size();
  const auto& latencies = ledger.latencies_ms();
  latencies_ms_.insert(latencies_ms_.end(), latencies.begin(), latencies.end());
  return quantile(latencies, 1);
}

Ledger Account::run(Load& load, const std::vector<Burst>& bursts) {
  Ledger ledger = load.ledger_for(bursts);
  load.run(bursts, ledger, patience_ms);
  load.idle(settle_ms);
  const Faults faults = ledger.faults();
  faults_.missed += faults.missed;
  faults_.repeated += faults.repeated;
  faults_.out_of_order += faults.out_of_order;
  faults_.stray += faults.stray;
  return ledger;
}

double Account::server_seconds() const {
  return options_.pid == 0 ? 0 : cpu_seconds(options_.pid);
}

void Account::report(Load& load, Report& report) const {
  const auto deliveries = static_cast<double>(latencies_ms_.size());
  report.add("publishes", static_cast<double>(publishes_));
  report.add("deliveries", deliveries);
  report.add("deliveries_per_response", deliveries / static_cast<double>(std::max<std::uint64_t>(responses_, 1)));
  report.add("missed", static_cast<double>(faults_.missed));
  report.add("repeated", static_cast<double>(faults_.repeated));
  report.add("out_of_order", static_cast<double>(faults_.out_of_order));
  report.add("stray", static_cast<double>(faults_.stray));
  report.add("closed", static_cast<double>(load.closed()));
  report.add("p50_ms", quantile(latencies_ms_, 0.5));
  report.add("p90_ms", quantile(latencies_ms_, 0.9));
  report.add("p99_ms", quantile(latencies_ms_, 0.99));
  report.add("max_ms", quantile(latencies_ms_, 1));
  if (options_.pid != 0) {
    report.add("cpu_seconds", server_seconds_);
    report.add("cpu_us_per_delivery", server_seconds_ * 1e6 / std::max(deliveries, 1.0));
    report.add("cpu_share", server_seconds_ / seconds_);
  }
  report.add("generator_cpu_share", own_seconds_ / seconds_);
  const Punctuality punctuality = load.take_punctuality();
  report.add("lag_p99_ms", quantile(punctuality.lags_ms, 0.99));
  report.add("lag_max_ms", quantile(punctuality.lags_ms, 1));
  report.add("held_back", static_cast<double>(punctuality.held_back));
}

}  // namespace bayeux::bench
