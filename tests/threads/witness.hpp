#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <bayeux/json.hpp>

namespace bayeux::test {

constexpr std::size_t publishers = 64;
constexpr std::size_t topics = 8;

/// The channel on which that publisher numbers its messages.
inline std::string topic(std::size_t publisher) {
  return "/news/" + std::to_string(publisher % topics);
}

using Numbers = std::array<std::int64_t, publishers>;

/// How far each publisher has come: what it has begun to publish on its topic, and what it has finished.
class Progress final {
 public:
  void begin(std::size_t publisher, std::int64_t number) { begun_[publisher] = number; }
  void end(std::size_t publisher, std::int64_t number) { done_[publisher] = number; }

  Numbers begun() const { return look(begun_); }
  Numbers done() const { return look(done_); }

 private:
  using Counters = std::array<std::atomic<std::int64_t>, publishers>;

  static Numbers look(const Counters& counters) {
    Numbers numbers;
    for (std::size_t p = 0; p < publishers; ++p) numbers[p] = counters[p];
    return numbers;
  }

  Counters begun_{};
  Counters done_{};
};

/// Holds what one subscriber hears against the order in which each publisher sent it, on whatever channel.
class Order final {
 public:
  /// False when it came too late, or twice.
  bool hear(const Json& data) {
    auto& last = last_[static_cast<std::size_t>(data["p"].as_integer())];
    const auto number = data["sent"].as_integer();
    const bool fine = number > last;
    last = number;
    return fine;
  }

 private:
  Numbers last_{};
};

/// One subscription, from before it was asked for until after it was given back.
class Stay final {
 public:
  explicit Stay(const Progress& progress) : progress_(progress), done_before_(progress.done()) {}

  void subscribed() { begun_at_subscribe_ = progress_.begun(); }
  void leaving() { done_before_leaving_ = progress_.done(); }
  void left() { begun_at_leaving_ = progress_.begun(); }

  void hear(const Json& data) { heard_[static_cast<std::size_t>(data["p"].as_integer())].push_back(data["n"].as_integer()); }

  /// What was wrong with what came on the topics that end in one of `ends`; empty when nothing.
  std::string fault(const std::string& ends) const {
    for (std::size_t p = 0; p < publishers; ++p) {
      const bool expected = ends.find(topic(p).back()) != std::string::npos;
      if (!expected && !heard_[p].empty()) return "something from a foreign topic came";
      if (auto fault = expected ? fault_of(p) : ""; !fault.empty()) return fault;
    }
    return {};
  }

 private:
  std::string fault_of(std::size_t p) const {
    std::int64_t last = 0;
    for (const auto number : heard_[p]) {
      if (number <= done_before_[p]) return "something from before the subscribe came";
      if (number > begun_at_leaving_[p]) return "something from after the unsubscribe came";
      if (last != 0 && number != last + 1) return "something is missing, out of order or there twice";
      if (last == 0 && number > begun_at_subscribe_[p] + 1) return "the first is missing";
      last = number;
    }
    const bool owed = done_before_leaving_[p] > begun_at_subscribe_[p];
    return owed && last < done_before_leaving_[p] ? "the last is missing" : "";
  }

  const Progress& progress_;
  Numbers done_before_;
  Numbers begun_at_subscribe_{};
  Numbers done_before_leaving_{};
  Numbers begun_at_leaving_{};
  std::array<std::vector<std::int64_t>, publishers> heard_;
};

}  // namespace bayeux::test
