#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/endpoint.hpp>

#include "own_loop_connection.hpp"
#include "own_loop_inbox.hpp"

/// The bus in a server that knows nothing of it: all that the two have to say to each other.
///
/// Threads: `answer` that of the loop. What the bus wakes comes from any thread, and is posted to it.
class BusRoute final {
 public:
  BusRoute(bayeux::Endpoint& endpoint, std::shared_ptr<own::Inbox> inbox)
      : endpoint_(endpoint), inbox_(std::move(inbox)) {}

  /// The first call: is a request for the bus?
  bool serves(std::string_view target) const { return endpoint_.serves(target); }

  void answer(const own::Request& request, std::shared_ptr<own::Reply> reply) {
    const auto waiting = std::make_shared<Waiting>();
    waiting->reply = reply;
    // The second: hand it over. A wake may come when all is over: hence the weak pointer.
    waiting->pending = endpoint_.open(translated(request), [inbox = inbox_, weak = std::weak_ptr(waiting)] {
      inbox->post([weak] {
        if (const auto woken = weak.lock()) woken->look();
      });
    });
    // The fifth: let go of it when the peer hangs up. What it holds back stays queued for the client.
    reply->on_hang_up([waiting] { waiting->pending.reset(); });
    waiting->look();
  }

 private:
  struct Waiting {
    /// The third and the fourth: look at once, and again when woken.
    void look() {
      auto response = pending != nullptr ? pending->look() : std::nullopt;
      if (!response) return;
      pending.reset();
      reply->send(translated(std::move(*response)));
    }

    std::shared_ptr<own::Reply> reply;
    std::unique_ptr<bayeux::PendingResponse> pending;
  };

  static bayeux::HttpRequest translated(const own::Request& request) {
    return {request.method, request.target, request.headers, request.body, request.peer};
  }

  static own::Response translated(bayeux::HttpResponse response) {
    const auto fields = response.headers.lines();
    if (!fields) return {500, {}, {}};
    return {response.status, std::string(*fields), std::move(response.body), response.close};
  }

  bayeux::Endpoint& endpoint_;
  const std::shared_ptr<own::Inbox> inbox_;
};
