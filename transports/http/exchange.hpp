#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/transport.hpp>
#include <bayeux/transports/gateway.hpp>

#include "fault.hpp"
#include "visitors.hpp"

namespace bayeux::http {

/// What a response needs of its request, which is gone when the response is made.
struct ResponsePlan {
  std::shared_ptr<const Visitor> visitor;
  std::unique_ptr<const std::string> callback;  ///< Of callback-polling; none for long-polling.
  bool tls = false;
};

/// An exchange whose response is there at once, because the bus was not asked.
class AnsweredExchange final : public HttpExchange {
 public:
  explicit AnsweredExchange(HttpResponse response) : response_(std::move(response)) {}

  bool ready() override { return true; }
  HttpResponse take() override { return std::move(response_); }
  void abort() override {}

 private:
  HttpResponse response_;
};

/// An exchange that the bus answers through its link.
class LinkExchange final : public HttpExchange {
 public:
  LinkExchange(const GatewayConfig& config, Faults& faults, std::unique_ptr<Link> link, ResponsePlan plan);
  ~LinkExchange() override { cut(); }

  bool ready() override;
  HttpResponse take() override;
  void abort() override { cut(); }

 private:
  void give_cookie(HttpResponse& response, const std::string& value);
  void cut() noexcept;

  const GatewayConfig& config_;
  Faults& faults_;
  std::unique_ptr<Link> link_;  ///< Null once the response was taken.
  ResponsePlan plan_;
};

/// An exchange whose response goes on for as long as its link carries events (HTML standard, "Server-sent events").
class EventSourceExchange final : public HttpExchange {
 public:
  EventSourceExchange(const GatewayConfig& config, Faults& faults, std::unique_ptr<Link> link,
                      std::shared_ptr<const Visitor> visitor);
  ~EventSourceExchange() override { cut(); }

  bool ready() override;
  HttpResponse take() override;
  bool streaming() const override { return begun_ && link_ != nullptr; }
  std::string take_part() override;
  std::string_view keep_alive() const override;
  void abort() override { cut(); }

 private:
  void cut() noexcept;

  const GatewayConfig& config_;
  Faults& faults_;
  std::unique_ptr<Link> link_;
  std::shared_ptr<const Visitor> visitor_;
  bool begun_ = false;
};

}  // namespace bayeux::http
