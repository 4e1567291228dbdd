#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/transports/gateway.hpp>

#include "conformance/transport.hpp"
#include "conformance/transports/woken.hpp"

namespace bayeux::test {

/// A client of a Gateway: every request is an exchange of its own, answered now or later.
class HttpWire : public Wire {
 public:
  HttpWire(Gateway& gateway, Browser* browser) : gateway_(gateway), browser_(browser) {}

  Arrivals arrived() override;
  void hang_up() override;

 protected:
  struct Pending {
    std::unique_ptr<HttpExchange> exchange;
    std::shared_ptr<WokenCarrier> carrier;
  };

  /// Fills in the cookie and begins the exchange.
  Pending begin(HttpRequest request);

  /// The same for one whose response is read as soon as it is there.
  void open(HttpRequest request) { pending_.push_back(begin(std::move(request))); }

 private:
  /// The array in a response; nothing when it is no such thing.
  virtual std::optional<std::string> unwrap(const HttpResponse& response) const = 0;

  void read(const HttpResponse& response, Arrivals& arrivals);
  void keep_cookie(const HttpResponse& response);

  Gateway& gateway_;
  Browser* browser_;
  std::vector<Pending> pending_;
};

/// The value of a header; empty when there is none.
std::string header_of(const HttpResponse& response, std::string_view name);

/// Everything but letters and digits as `%xx`.
std::string percent_encoded(std::string_view text);

}  // namespace bayeux::test
