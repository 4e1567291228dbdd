#include <bayeux/verdict.hpp>

#include <utility>

#include "pending_verdict.hpp"

namespace bayeux {

bool PendingVerdict::answer(Verdict verdict) {
  std::function<void()> tell;
  {
    const std::lock_guard lock(mutex_);
    if (answer_) return false;
    answer_ = std::move(verdict);
    tell = std::exchange(tell_, nullptr);
  }
  if (tell) tell();
  return true;
}

std::optional<Verdict> PendingVerdict::answered() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

void PendingVerdict::on_answer(std::function<void()> tell) {
  {
    const std::lock_guard lock(mutex_);
    if (!answer_) {
      tell_ = std::move(tell);
      return;
    }
  }
  tell();
}

void PendingVerdict::forget() {
  const std::lock_guard lock(mutex_);
  tell_ = nullptr;
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
