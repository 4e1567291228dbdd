#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include <bayeux/verdict.hpp>

namespace bayeux {

/// A verdict that is waited for. Used by any number of threads at once.
struct PendingVerdict {
  using Tell = std::function<void()>;

  /// False when there was an answer before.
  bool answer(Verdict verdict);

  std::optional<Verdict> answered() const;

  /// `tell` is called once there is an answer: at once, if there is one, or on the thread that gives it. One decision
  /// may answer many questions.
  std::uint64_t on_answer(Tell tell);

  /// Whoever waited under that number does not any more.
  void forget(std::uint64_t number);

 private:
  mutable std::mutex mutex_;
  std::optional<Verdict> answer_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Tell> tells_;
};

}  // namespace bayeux
