#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/transport.hpp>
#include <bayeux/transports/gateway.hpp>

namespace bayeux::http {

/// What a response needs of its request, which is gone when the response is made.
struct ResponsePlan {
  std::vector<HttpHeader> headers;
  std::optional<std::string> callback;  ///< Of callback-polling; none for long-polling.
  bool tls = false;
};

/// An exchange whose response is there at once, because the bus was not asked.
class AnsweredExchange final : public HttpExchange {
 public:
  AnsweredExchange(HttpResponse response, std::vector<HttpHeader> headers);

  bool ready() override { return true; }
  HttpResponse take() override;
  void abort() override {}

 private:
  HttpResponse response_;
};

/// An exchange that the bus answers through its link.
class LinkExchange final : public HttpExchange {
 public:
  LinkExchange(const GatewayConfig& config, std::unique_ptr<Link> link, ResponsePlan plan);

  bool ready() override;
  HttpResponse take() override;
  void abort() override;

 private:
  HttpResponse response();

  const GatewayConfig& config_;
  std::unique_ptr<Link> link_;
  ResponsePlan plan_;
};

}  // namespace bayeux::http
