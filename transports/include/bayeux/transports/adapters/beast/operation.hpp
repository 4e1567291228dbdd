#pragma once

// What both operations of the adapter for Beast share. Not for users of it.

#include <algorithm>
#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <bayeux/clock.hpp>
#include <bayeux/transports/adapters/beast/options.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux::beast_adapter {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using beast::error_code;

/// A body that is a text, such as `http::string_body`.
template <class Body>
concept TextBody = std::convertible_to<const typename Body::value_type&, std::string_view>;

inline std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

template <class Stream>
auto& socket_of(Stream& stream) {
  auto& lowest = beast::get_lowest_layer(stream);
  if constexpr (requires { lowest.socket(); }) {
    return lowest.socket();
  } else {
    return lowest;
  }
}

/// Sets the limit for what is begun next, a year at most; for ever without one.
template <class Stream>
void limit_time(Stream& stream, std::optional<std::chrono::milliseconds> limit) {
  auto& lowest = beast::get_lowest_layer(stream);
  if constexpr (requires { lowest.expires_never(); }) {
    limit ? lowest.expires_after(std::min(*limit, longest_time)) : lowest.expires_never();
  }
}

template <class Stream>
std::string address_of(Stream& stream) {
  error_code error;
  const auto peer = socket_of(stream).remote_endpoint(error);
  if constexpr (requires { peer.address(); }) return error ? std::string() : peer.address().to_string();
  return {};
}

/// The request as the bus sees it; `options` has to stay, and what is missing there is filled in.
template <class Stream, class Body, class Fields>
HttpRequest shown(const http::request<Body, Fields>& request, Stream& stream, BeastOptions& options) {
  if (options.remote_address.empty()) options.remote_address = address_of(stream);
  HttpRequest shown;
  shown.method = view(request.method_string());
  shown.target = view(request.target());
  for (const auto& field : request) shown.headers.emplace_back(view(field.name_string()), view(field.value()));
  shown.body = request.body();
  shown.remote_address = options.remote_address;
  shown.tls = options.tls.value_or(!std::is_same_v<Stream, beast::lowest_layer_type<Stream>>);
  shown.attachment = std::move(options.attachment);
  return shown;
}

/// A field that must not be sent is a fault of the host, and fails the response as a whole.
inline http::response<http::string_body> message_of(HttpResponse response, unsigned version, bool keep_alive,
                                                    const BeastOptions& options) {
  if (!response.headers.lines()) {
    response = {500,
                {{"Content-Type", "text/plain"}, {"X-Content-Type-Options", "nosniff"}},
                "The response is not valid\n"};
  }
  http::response<http::string_body> message;
  message.version(version);
  message.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  if (options.decorate) options.decorate(message);
  message.keep_alive(keep_alive);
  message.body() = std::move(response.body);
  return message;
}

/// Sets the length; to HEAD the body itself is not sent (RFC 9110 section 9.3.2).
inline void finish_message(http::response<http::string_body>& message, bool head_only) {
  const auto status = message.result_int();
  if (status != 204 && status != 304) message.content_length(message.body().size());
  if (head_only) message.body().clear();
}

/// Wakes by going to the executor of `self`, and does nothing once that has gone.
template <class Self>
WakeFunction waker(std::weak_ptr<Self> weak) {
  return [weak = std::move(weak)] {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->executor();
    net::post(executor, [self = std::move(self)] { self->go_on(); });
  };
}

/// What both operations have: the executor and the handler of whoever began it.
template <class Stream, class Handler>
class Operation {
 public:
  using Executor = net::associated_executor_t<Handler, typename Stream::executor_type>;

  Operation(const typename Stream::executor_type& executor, Handler handler)
      : work_(net::get_associated_executor(handler, executor)), timer_(executor), handler_(std::move(handler)) {}

  Executor executor() const { return work_->get_executor(); }

 protected:
  template <class Function>
  auto bound(Function function) {
    return net::bind_executor(executor(), std::move(function));
  }

  template <class... Results>
  void complete(Results... results) {
    auto handler = std::move(*handler_);
    handler_.reset();
    work_.reset();
    std::move(handler)(results...);
  }

  bool completed() const { return !handler_; }
  net::steady_timer& timer() { return timer_; }

 private:
  std::optional<net::executor_work_guard<Executor>> work_;
  net::steady_timer timer_;
  std::optional<Handler> handler_;
};

}  // namespace bayeux::beast_adapter
