#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include <bayeux/verdict.hpp>

namespace bayeux {

/// A verdict that is waited for. Used by any number of threads at once.
struct PendingVerdict {
 public:
  /// False when there was an answer before.
  bool answer(Verdict verdict);

  std::optional<Verdict> answered() const;

  /// `tell` is called once there is an answer: at once, if there is one, or on the thread that gives it.
  void on_answer(std::function<void()> tell);

  /// Nobody waits any more.
  void forget();

 private:
  mutable std::mutex mutex_;
  std::optional<Verdict> answer_;
  std::function<void()> tell_;
};

}  // namespace bayeux
