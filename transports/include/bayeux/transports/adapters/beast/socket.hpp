#pragma once

// How the adapter for Beast runs a WebSocket. Not for users of it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>

#include <bayeux/transports/adapters/beast/operation.hpp>

namespace bayeux::beast_adapter {

/// How long a client whose session has ended may take to close its WebSocket, or to shake hands again on it.
inline constexpr std::chrono::seconds leave_limit{5};

/// One WebSocket, from the upgrade to its end. Owns the stream.
template <class Stream, class Handler>
class Socket final : public Operation<Stream, Handler>, public std::enable_shared_from_this<Socket<Stream, Handler>> {
 public:
  Socket(Stream stream, BeastOptions options, Handler handler)
      : Operation<Stream, Handler>(stream.get_executor(), std::move(handler)),
        stream_(std::move(stream)),
        options_(std::move(options)) {}

  template <class Body, class Fields>
  void start(Endpoint& endpoint, const http::request<Body, Fields>& request) {
    auto answer =
        endpoint.open_websocket(shown(request, stream_.next_layer(), options_), waker(this->weak_from_this()));
    if (!answer.socket) return refuse(std::move(answer.refusal), request.version());
    socket_ = std::move(answer.socket);
    set_up(endpoint.config().websocket->max_message, std::move(answer.protocol));
    stream_.async_accept(request, then(&Socket::go_on));
  }

  /// Nothing more is read from a peer than it takes: one message for each that was written to it.
  void go_on() {
    if (!socket_ || writing_) return;
    if (next_ == output_.size()) {
      output_ = socket_->look();
      next_ = 0;
    }
    if (!socket_->congested()) read();
    if (next_ < output_.size()) return write();
    if (const auto& closing = socket_->closing()) return close(closing->code, closing->reason);
    if (!leaving_ && socket_->finished()) close_later();
  }

 private:
  void refuse(HttpResponse response, unsigned version) {
    message_.emplace(message_of(std::move(response), version, false, options_));
    finish_message(*message_, false);
    limit_time(stream_, options_.write_limit);
    http::async_write(stream_.next_layer(), *message_, then(&Socket::end_well));
  }

  void set_up(std::size_t max_message, std::string protocol) {
    limit_time(stream_, std::nullopt);
    stream_.set_option(options_.websocket_limits);
    stream_.set_option(websocket::stream_base::decorator(
        [protocol = std::move(protocol), decorate = options_.decorate](websocket::response_type& response) {
          if (decorate) decorate(response);
          if (!protocol.empty()) response.set(http::field::sec_websocket_protocol, protocol);
        }));
    stream_.read_message_max(max_message);
    stream_.text(true);
  }

  void write() {
    text_ = output_.text(next_++);
    stream_.async_write(net::buffer(text_), then(&Socket::go_on));
  }

  void read() {
    if (std::exchange(reading_, true)) return;
    stream_.async_read(buffer_, this->bound([self = this->shared_from_this()](error_code error, std::size_t) {
      self->reading_ = false;
      error || !self->socket_ ? self->end(error) : self->received();
    }));
  }

  void received() {
    leaving_ = false;
    if (stream_.got_text()) {
      socket_->receive({static_cast<const char*>(buffer_.data().data()), buffer_.size()});
    } else {
      socket_->receive_binary();
    }
    buffer_.clear();
    go_on();
  }

  /// What is queued may leave over another connection from now on.
  void close(std::uint16_t code, std::string_view reason) {
    socket_.reset();
    closing_ = true;
    websocket::close_reason why(static_cast<websocket::close_code>(code), {reason.data(), reason.size()});
    stream_.async_close(why, then(&Socket::end_well));
  }

  /// Clients whose session has ended close their socket themselves, or shake hands again on it.
  void close_later() {
    leaving_ = true;
    this->timer().expires_after(leave_limit);
    this->timer().async_wait(this->bound([weak = this->weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (error || !self || !self->socket_ || !std::exchange(self->leaving_, false) || self->writing_) return;
      if (self->socket_->finished()) self->close(1000, "The session has ended");
    }));
  }

  /// Goes on with that when what is written now has been written.
  auto then(void (Socket::*next)()) {
    writing_ = true;
    return this->bound([self = this->shared_from_this(), next](error_code error, std::size_t = 0) {
      self->writing_ = false;
      error ? self->end(error) : ((*self).*next)();
    });
  }

  void end_well() { end({}); }

  /// The first reason counts. What else is under way ends because the socket is closed, and is waited for.
  void end(error_code error) {
    if (closing_ && writing_) return;
    if (!ended_) {
      ended_ = true;
      result_ = error == websocket::error::closed ? error_code() : error;
      socket_.reset();
      this->timer().cancel();
      beast::close_socket(beast::get_lowest_layer(stream_));
    }
    if (!reading_ && !writing_ && !this->completed()) this->complete(result_);
  }

  Stream stream_;
  BeastOptions options_;
  std::unique_ptr<EndpointSocket> socket_;  ///< Null once nothing can be sent any more.
  std::optional<http::response<http::string_body>> message_;
  beast::flat_buffer buffer_;
  WebSocketOutput output_;
  std::size_t next_ = 0;  ///< Of the messages in `output_`.
  std::string text_;      ///< What is being written.
  bool reading_ = false;
  bool writing_ = false;  ///< The upgrade and the close as well.
  bool closing_ = false;
  bool leaving_ = false;
  bool ended_ = false;
  error_code result_;
};

}  // namespace bayeux::beast_adapter
