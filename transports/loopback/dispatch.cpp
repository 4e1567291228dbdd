#include <type_traits>
#include <utility>

#include "run_here.hpp"
#include "state.hpp"

// How a client calls its handlers: one at a time, on the executor, without a lock.

namespace bayeux {
namespace {

/// The next handler and the next message are none of the business of one that throws.
template <class... Arguments>
void call(Bus& bus, const std::function<void(Arguments...)>& handler,
          std::type_identity_t<Arguments>... arguments) noexcept {
  try {
    if (handler) handler(arguments...);
  } catch (...) {
    bus.report_exception("handler of a loopback client");
  }
}

}  // namespace

void Loopback::State::wake() {
  Lock lock(mutex_);
  woken_ = true;
  // Whoever uses the link looks again before leaving it.
  if (dispatching_ || !pumping_) schedule(lock);
}

void Loopback::State::schedule(Lock& lock) {
  if (dispatching_) return relieve(lock);
  if (scheduled_ || closing_ || (!woken_ && inbox_.empty())) return;
  scheduled_ = true;
  auto task = [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->run();
  };
  if (!executor_) {
    lock.unlock();
    return loopback::run_here(std::move(task));
  }
  // The executor goes with what the caller of the destructor destroys next.
  ++in_executor_;
  lock.unlock();
  bool accepted = true;
  try {
    executor_(std::move(task));
  } catch (...) {
    bus_->report_exception("executor of a loopback client");
    accepted = false;
  }
  lock.lock();
  if (!accepted) scheduled_ = false;
  --in_executor_;
  idle_.notify_all();
}

void Loopback::State::relieve(Lock& lock) {
  // Not within a handler: what this thread is to do next must begin at once. And not for long: the handler that runs
  // may be waiting for this very thread.
  constexpr Milliseconds patience(5);
  if (executor_ || closing_ || !tired_ || relief_ != Relief::none || loopback::is_running_here()) return;
  relief_ = Relief::offered;
  idle_.wait_for(lock, patience, [this] { return relief_ == Relief::accepted || !dispatching_; });
  if (std::exchange(relief_, Relief::none) != Relief::accepted) return;
  lock.unlock();
  loopback::run_here([this] { dispatch(); });
}

void Loopback::State::run() {
  {
    const Lock lock(mutex_);
    scheduled_ = false;
    if (closing_ || dispatching_) return;
    dispatching_ = true;
  }
  dispatch();
}

void Loopback::State::dispatch() {
  // How many messages a thread handles before it lets another one have a go.
  constexpr int fair_share = 256;
  Lock lock(mutex_);
  tired_ = false;
  for (int handled = 0; !closing_;) {
    if (inbox_.empty()) {
      if (!woken_ || pumping_) break;
      lock.unlock();
      pump();
      lock.lock();
      continue;
    }
    tired_ = ++handled > fair_share;
    if (tired_ && relief_ == Relief::offered) {
      relief_ = Relief::accepted;
      idle_.notify_all();
      return;
    }
    auto delivery = std::move(inbox_.front());
    inbox_.pop_front();
    lock.unlock();
    deliver(std::move(delivery));
    lock.lock();
  }
  dispatching_ = false;
  idle_.notify_all();
}

void Loopback::State::deliver(Delivery delivery) {
  if (delivery.reply) return deliver_reply(delivery);
  if (delivery.message.channel.empty()) return say_farewell();
  deliver_event(delivery.message);
}

void Loopback::State::deliver_reply(Delivery& delivery) {
  auto& [message, pending, reply] = delivery;
  if (pending.added && !message.successful.value_or(false)) {
    const Lock lock(mutex_);
    handlers_.remove(pending.subscription, pending.added);
  }
  call(*bus_, pending.done, message);
}

void Loopback::State::deliver_event(const Message& message) {
  std::vector<loopback::Handler> handlers;
  {
    const Lock lock(mutex_);
    handlers = handlers_.matching(message.channel);
    if (handlers.empty() && on_message_) handlers.push_back(on_message_);
  }
  for (const auto& handler : handlers) call(*bus_, *handler, message);
}

void Loopback::State::say_farewell() {
  std::function<void()> handler;
  {
    const Lock lock(mutex_);
    if (!on_disconnect_ || std::exchange(told_, true)) return;
    handler = on_disconnect_;
  }
  call(*bus_, handler);
}

}  // namespace bayeux
