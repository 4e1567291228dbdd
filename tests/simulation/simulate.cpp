// Runs the simulation for as many seeds as wanted, or one of them again: see README.md.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "run.hpp"
#include "shrink.hpp"

namespace {

using namespace bayeux::simulation;

using Range = std::pair<std::uint64_t, std::uint64_t>;

struct Options {
  Plan plan;
  Range seeds{1, 1};
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool traces = false;
};

constexpr std::string_view usage =
    "simulate --seeds A..B [--jobs N]            runs all these seeds\n"
    "simulate --seed N [--steps N] [--clients N] [--only FAULT,...] [--skip A..B,...] [--sabotage N] [--trace]\n";

/// `7`, or `7..9`.
Range range_of(const std::string& text) {
  const auto dots = text.find("..");
  const auto first = std::stoull(text);
  return {first, dots == std::string::npos ? first : std::stoull(text.substr(dots + 2))};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

void allow_only(Plan& plan, const std::string& faults) {
  plan.without.set();
  for (const auto& name : split(faults)) {
    if (name != "nothing") plan.without.reset(static_cast<std::size_t>(fault_of(name).value()));
  }
}

void skip(Plan& plan, const std::string& ranges) {
  for (const auto& text : split(ranges)) {
    const auto [first, last] = range_of(text);
    for (auto step = first; step <= last; ++step) plan.skipped.push_back(static_cast<int>(step));
  }
}

void set(Options& options, const std::string& name, const std::string& value) {
  Plan& plan = options.plan;
  if (name == "--seed" || name == "--seeds") {
    options.seeds = range_of(value);
  } else if (name == "--steps") {
    plan.steps = std::stoi(value);
  } else if (name == "--clients") {
    plan.clients = std::stoi(value);
  } else if (name == "--sabotage") {
    plan.sabotage = std::stoi(value);
  } else if (name == "--jobs") {
    options.jobs = static_cast<unsigned>(std::stoul(value));
  } else if (name == "--only") {
    allow_only(plan, value);
  } else if (name == "--skip") {
    skip(plan, value);
  } else {
    throw std::invalid_argument("there is no " + name);
  }
}

Options options_of(const std::vector<std::string>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& name = words[i];
    if (name == "--trace") {
      options.traces = true;
      continue;
    }
    if (i + 1 == words.size()) throw std::invalid_argument("there is no " + name + ", or nothing behind it");
    set(options, name, words[++i]);
  }
  return options;
}

/// All seeds, on some threads: each run has a thread for itself.
class Seeds final {
 public:
  explicit Seeds(const Options& options) : options_(options), next_(options.seeds.first) {}

  int run_all() {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < options_.jobs; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    for (std::size_t i = 0; i < counted; ++i) {
      const auto count = static_cast<Count>(i);
      std::cout << name_of(count) << ": " << counts_[count] << '\n';
    }
    std::cout << done_ << " seeds in " << took.count() << " s, " << failed_.size() << " failed\n";
    for (const auto& plan : failed_) explain(plan);
    return failed_.empty() ? 0 : 1;
  }

 private:
  static constexpr std::size_t enough = 3;

  void work() {
    for (auto seed = next_++; seed <= options_.seeds.second; seed = next_++) {
      Plan plan = options_.plan;
      plan.seed = seed;
      const auto result = run(plan, options_.traces);
      const std::lock_guard lock(mutex_);
      ++done_;
      counts_ += result.counts;
      if (result.failure) failed_.push_back(plan);
      if (failed_.size() >= enough) return;
    }
  }

  static void explain(const Plan& plan) {
    const auto failure = run(plan).failure.value();
    std::cout << "\nSeed " << plan.seed << ": " << name_of(failure.check) << ": " << failure.text << '\n'
              << "  " << command_line(plan) << '\n';
    const auto smaller = shrunk(plan, failure.check);
    std::cout << "Shrunk: " << run(smaller).failure.value().text << "\n  " << command_line(smaller) << '\n';
  }

  const Options& options_;
  std::atomic<std::uint64_t> next_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  Counts counts_;
  std::vector<Plan> failed_;
};

}  // namespace

int main(int count, char** words) {
  try {
    const auto options = options_of({words + 1, words + count});
    return Seeds(options).run_all();
  } catch (const std::exception& error) {
    std::cerr << "simulate: " << error.what() << '\n' << usage;
    return 2;
  }
}
