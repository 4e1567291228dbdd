#pragma once

#include <memory>
#include <utility>

#include "wake_once.hpp"

namespace bayeux {

class EndpointSocket::Impl final {
 public:
  Impl(std::shared_ptr<endpoint::WakeOnce> carrier, std::shared_ptr<endpoint::Counters> counters,
       std::unique_ptr<WebSocketSession> opened)
      : session(std::move(opened)), carrier_(std::move(carrier)), counters_(std::move(counters)) {
    counters_->websockets.fetch_add(1);
  }
  ~Impl() {
    carrier_->stop();
    counters_->websockets.fetch_sub(1);
  }

  WebSocketOutput look();

  const std::unique_ptr<WebSocketSession> session;

 private:
  const std::shared_ptr<endpoint::WakeOnce> carrier_;
  const std::shared_ptr<endpoint::Counters> counters_;
};

}  // namespace bayeux
