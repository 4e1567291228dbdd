#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "queue.hpp"

namespace bayeux::engine {

/// What was sent to a client that acknowledges, until it has (protocol: "ack"). Every reply to a connect completes a
/// batch, whether there is anything in it or not; those with nothing in them take no memory.
struct Unacknowledged {
  struct Batch {
    std::int64_t number;
    std::size_t items;  ///< How many of `sent` are in it.
  };

  std::int64_t last_batch = 0;
  std::deque<Batch> batches;
  std::deque<Item> sent;
  std::size_t bytes = 0;

  /// The client has said what it has: what is left is to be sent again.
  bool repeat = false;

  void keep(const Item& item) {
    sent.push_back(item);
    bytes += item.frame.size();
    ++open;
  }

  std::int64_t complete() {
    ++last_batch;
    if (open > 0) batches.push_back({last_batch, std::exchange(open, 0)});
    return last_batch;
  }

  /// Forgets what was acknowledged, and says how many messages that are.
  std::size_t forget(std::int64_t batch) {
    const auto before = sent.size();
    for (; !batches.empty() && batches.front().number <= batch; batches.pop_front()) {
      for (auto left = batches.front().items; left > 0; --left) {
        bytes -= sent.front().frame.size();
        sent.pop_front();
      }
    }
    return before - sent.size();
  }

  /// Everything is to be sent anew.
  void clear() {
    sent.clear();
    batches.clear();
    bytes = 0;
    open = 0;
  }

 private:
  std::size_t open = 0;
};

}  // namespace bayeux::engine
