#include <string>
#include <vector>

#include "account.hpp"
#include "load.hpp"
#include "shapes.hpp"

namespace bayeux::bench {

namespace {

std::vector<Burst> plan(const std::string& channel, std::size_t rate, double seconds) {
  std::vector<Burst> bursts(static_cast<std::size_t>(seconds * static_cast<double>(rate)));
  for (std::size_t i = 0; i < bursts.size(); ++i) bursts[i] = {i * 1'000'000'000 / rate, {&channel}};
  return bursts;
}

}  // namespace

void run_steady(const LoadOptions& options, Report& report) {
  const std::string channel = "/bench";
  Load load(options.target, options.payload);
  load.add_clients(options.clients, {channel});
  for (std::size_t i = 0; i < options.publishers; ++i) load.add_client({}, true);
  Account account(options);
  account.warm_up(load, plan(channel, options.rate, options.warm_up));
  account.measure(load, plan(channel, options.rate, options.seconds));
  account.report(load, report);
}

}  // namespace bayeux::bench
