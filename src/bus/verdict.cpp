#include <bayeux/verdict.hpp>

#include <utility>

#include "pending_verdict.hpp"

namespace bayeux {

bool PendingVerdict::answer(Verdict verdict) {
  std::map<std::uint64_t, Tell> tells;
  {
    const std::lock_guard lock(mutex_);
    if (answer_) return false;
    answer_ = std::move(verdict);
    tells.swap(tells_);
  }
  for (const auto& [number, tell] : tells) tell();
  return true;
}

std::optional<Verdict> PendingVerdict::answered() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

std::uint64_t PendingVerdict::on_answer(Tell tell) {
  {
    const std::lock_guard lock(mutex_);
    if (!answer_) {
      tells_.emplace(++last_, std::move(tell));
      return last_;
    }
  }
  tell();
  return 0;
}

void PendingVerdict::forget(std::uint64_t number) {
  Tell tell;
  const std::lock_guard lock(mutex_);
  const auto found = tells_.find(number);
  if (found == tells_.end()) return;
  tell = std::move(found->second);
  tells_.erase(found);
}

/// Denies when the last of those who could have answered has gone.
struct Decision::Promise {
  ~Promise() { pending->answer(Verdict::deny()); }
  const std::shared_ptr<PendingVerdict> pending = std::make_shared<PendingVerdict>();
};

Decision::Decision() : promise_(std::make_shared<Promise>()) {}

void Decision::allow() const {
  promise_->pending->answer(Verdict::allow());
}

void Decision::allow_as(std::string user) const {
  promise_->pending->answer(Verdict::allow_as(std::move(user)));
}

void Decision::deny(std::string reason) const {
  promise_->pending->answer(Verdict::deny(std::move(reason)));
}

Verdict Verdict::defer(const Decision& decision) {
  Verdict verdict = deny();
  verdict.pending_ = decision.promise_->pending;
  return verdict;
}

}  // namespace bayeux
