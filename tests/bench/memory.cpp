#include <cerrno>
#include <string>
#include <vector>

#include "account.hpp"
#include "load.hpp"
#include "net.hpp"
#include "shapes.hpp"
#include "usage.hpp"

namespace bayeux::bench {

namespace {

constexpr int settle_ms = 2'000;

}  // namespace

void run_memory(const LoadOptions& options, Report& report) {
  errno = 0;
  if (options.pid == 0) fail("memory needs --pid");
  const double before = resident_bytes(options.pid);
  const auto each = [&] { return (resident_bytes(options.pid) - before) / static_cast<double>(options.clients); };
  const std::string channel = "/bench";
  const std::vector<Burst> one{{0, {&channel}}};
  Load load(options.target, options.payload);
  load.add_clients(options.clients, {channel});
  load.add_client({}, true);
  load.idle(settle_ms);
  const double fresh = each();
  Account account(options);
  account.measure(load, one);
  load.idle(settle_ms);
  report.add("resident_bytes", resident_bytes(options.pid));
  report.add("resident_bytes_before", before);
  report.add("resident_bytes_per_client", each());
  report.add("resident_bytes_per_client_fresh", fresh);
  account.report(load, report);
}

}  // namespace bayeux::bench
