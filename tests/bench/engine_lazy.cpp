// A lazy publish wakes nobody.
#include <memory>
#include <utility>
#include <vector>

#include "engine_client.hpp"
#include "engine_row.hpp"
#include "engine_time.hpp"

namespace bayeux::bench {

/// Every one of them holds a connect, and has nothing in its queue. After each publish all of them are asked.
std::vector<Row> measure_lazy(const Scale& scale) {
  const auto count = scale.of(10'000);
  const std::size_t rounds = scale.quick ? 2 : 15;
  Bus bus(roomy_config());
  std::vector<std::unique_ptr<EngineClient>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<EngineClient>(bus, Carriage::exchange));
    clients.back()->subscribe("/lazy");
  }
  const auto channel = bus.channel("/lazy");
  std::vector<double> times;
  std::uint64_t wakes = 0;
  std::size_t missed = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& client : clients) missed += client->park() ? 0 : 1;
    for (const auto& client : clients) client->take_wakes();
    times.push_back(nanoseconds_of([&] { channel.publish({{"round", round}}, {.lazy = true}); }) / 1e6);
    for (const auto& client : clients) wakes += client->take_wakes();
    // A client that asks gets it all the same.
    for (const auto& client : clients) missed += client->poll() == 1 ? 0 : 1;
  }
  Row row{"lazy", "a lazy publish to 10,000 parked polls, no wake-ups", median(times), "ms", 1};
  row.beside = {{"polls", static_cast<double>(count)},
                {"wakes", static_cast<double>(wakes)},
                {"most_ms", quantile(times, 1)},
                {"missed", static_cast<double>(missed)}};
  if (wakes != 0) row.wrong = "somebody was woken";
  if (missed != 0) row.wrong = "somebody missed a message";
  return {std::move(row)};
}

}  // namespace bayeux::bench
