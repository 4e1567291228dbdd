#pragma once

#include <memory>
#include <utility>

#include "wake_once.hpp"

namespace bayeux {

class PendingResponse::Impl final {
 public:
  Impl(std::shared_ptr<endpoint::WakeOnce> carrier, std::shared_ptr<endpoint::Counters> counters)
      : carrier_(std::move(carrier)), counters_(std::move(counters)) {}
  ~Impl() { end(); }

  void begin(std::unique_ptr<HttpExchange> exchange) { exchange_ = std::move(exchange); }

  /// Looks until there is something or the wake function will say so.
  bool ready();
  HttpResponse take();
  std::string take_part();
  bool streaming() const { return exchange_ != nullptr && exchange_->streaming(); }
  std::string_view keep_alive() const { return exchange_ != nullptr ? exchange_->keep_alive() : std::string_view(); }
  void abort();

 private:
  void end();

  const std::shared_ptr<endpoint::WakeOnce> carrier_;
  const std::shared_ptr<endpoint::Counters> counters_;
  std::unique_ptr<HttpExchange> exchange_;  ///< Null once there is nothing to be had any more.
};

}  // namespace bayeux
