#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "account.hpp"
#include "load.hpp"
#include "shapes.hpp"

namespace bayeux::bench {

namespace {

/// The same rooms and the same messages in every run.
class Rooms final {
 public:
  explicit Rooms(const LoadOptions& options) : options_(options) {
    for (std::size_t i = 0; i < options.rooms; ++i) names_.push_back("/bench/rooms/" + std::to_string(i));
  }

  std::vector<std::string> some() {
    std::vector<std::string> chosen;
    std::sample(names_.begin(), names_.end(), std::back_inserter(chosen), options_.rooms_per_client, random_);
    return chosen;
  }

  std::vector<Burst> plan(double seconds) {
    const auto messages = static_cast<std::size_t>(seconds * static_cast<double>(options_.rate));
    std::vector<Burst> bursts(messages / options_.batch);
    for (std::size_t i = 0; i < bursts.size(); ++i) {
      bursts[i].due_ns = i * options_.batch * 1'000'000'000 / options_.rate;
      for (std::size_t k = 0; k < options_.batch; ++k) bursts[i].channels.push_back(&names_[random_() % names_.size()]);
    }
    return bursts;
  }

 private:
  const LoadOptions& options_;
  std::vector<std::string> names_;
  std::mt19937 random_{1};
};

}  // namespace

void run_rooms(const LoadOptions& options, Report& report) {
  Rooms rooms(options);
  Load load(options.target, options.payload);
  for (std::size_t i = 0; i < options.clients; ++i) {
    load.add_client(rooms.some(), true);
    if (i % 100 == 99) load.idle(0);
  }
  Account account(options);
  const auto warm_up = rooms.plan(options.warm_up);
  const auto measured = rooms.plan(options.seconds);
  account.warm_up(load, warm_up);
  account.measure(load, measured);
  account.report(load, report);
}

}  // namespace bayeux::bench
