#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stamp.hpp"

namespace bayeux::bench {

/// What went wrong with deliveries.
struct Faults {
  std::size_t missed = 0;
  std::size_t repeated = 0;
  std::size_t out_of_order = 0;  ///< Behind a later message of the same publisher.
  std::size_t stray = 0;         ///< Of a channel to which the client is not subscribed, or of another time.

  std::size_t all() const { return missed + repeated + out_of_order + stray; }
};

/// Who has got which message, and how long it took. Messages are numbered from `first`.
class Ledger final {
 public:
  Ledger(std::uint32_t first, std::size_t clients, std::size_t publishers);

  /// Of the next message: who are to get it.
  void expect(const std::vector<std::uint32_t>& audience);

  void record(std::uint32_t client, const Stamp& stamp, std::uint64_t now_ns) {
    const std::size_t index = stamp.number - first_;
    if (index >= audiences_.size() || stamp.publisher >= publishers_) {
      ++faults_.stray;
      return;
    }
    std::uint64_t& seen = seen_[index * words_ + client / 64];
    const std::uint64_t bit = std::uint64_t{1} << client % 64;
    if ((seen & bit) != 0) {
      ++faults_.repeated;
      return;
    }
    seen |= bit;
    std::uint32_t& last = last_[stamp.publisher * clients_ + client];
    if (last > stamp.number) ++faults_.out_of_order;
    last = stamp.number;
    latencies_ms_.push_back(static_cast<float>(now_ns - stamp.intended_ns) / 1e6F);
  }

  std::size_t deliveries() const { return latencies_ms_.size(); }
  std::size_t expected() const { return expected_; }
  bool complete() const { return latencies_ms_.size() >= expected_; }

  Faults faults() const;
  const std::vector<float>& latencies_ms() const { return latencies_ms_; }

 private:
  std::uint32_t first_;
  std::size_t clients_;
  std::size_t publishers_;
  std::size_t words_;
  std::size_t expected_ = 0;
  std::vector<const std::vector<std::uint32_t>*> audiences_;
  std::vector<std::uint64_t> seen_;  ///< A bit for each message and client.
  std::vector<std::uint32_t> last_;  ///< The last number for each publisher and client.
  std::vector<float> latencies_ms_;
  Faults faults_;
};

/// The value below which `share` of them are; 0 if there are none.
double quantile(std::vector<float> values, double share);

}  // namespace bayeux::bench
