#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

#include <bayeux/client.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/message.hpp>

namespace bayeux::httplib_adapter {

/// The places for connects that are held. One that finds none is not held, and its client is told to poll.
///
/// Threads: any, at once.
class Places final : public Extension {
 public:
  Places(std::size_t most, Milliseconds interval) : most_(most), interval_(interval) {}

  /// While it lives, this thread answers a request, and connects that come in belong to that.
  class Turn final {
   public:
    explicit Turn(Places& places) : places_(places), before_(std::exchange(current, this)) {}
    ~Turn() {
      current = before_;
      if (has_place_) --places_.taken_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    friend class Places;
    inline static thread_local Turn* current = nullptr;

    Places& places_;
    Turn* const before_;
    bool has_place_ = false;
  };

  Flow incoming(const Client& from, Message& message, Message&) override {
    Turn* const turn = Turn::current;
    const bool ours = turn != nullptr && &turn->places_ == this;
    if (!ours || !from.valid() || message.channel != "/meta/connect") return Flow::pass;
    if (!turn->has_place_) turn->has_place_ = take();
    if (!turn->has_place_) {
      if (!message.advice.is_object()) message.advice = Json::object();
      message.advice["timeout"] = 0;
    }
    tell(from, !turn->has_place_);
    return Flow::pass;
  }

 private:
  static constexpr const char* polls = "bayeux.httplib.polls";

  bool take() noexcept {
    auto taken = taken_.load();
    while (taken < most_) {
      if (taken_.compare_exchange_weak(taken, taken + 1)) return true;
    }
    return false;
  }

  /// The bus tells the client with its reply, and lets its session live as much longer.
  void tell(const Client& client, bool to_poll) const {
    if (client.attribute<bool>(polls).has_value() == to_poll) return;
    if (to_poll) {
      client.set_attribute(polls, true);
      client.set_interval(interval_);
    } else {
      client.remove_attribute(polls);
      client.set_interval(std::nullopt);
    }
  }

  const std::size_t most_;
  const Milliseconds interval_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace bayeux::httplib_adapter
