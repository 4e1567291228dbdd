#pragma once

// How the adapter for Beast answers a request. Not for users of it.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <bayeux/transports/adapters/beast/operation.hpp>

namespace bayeux::beast_adapter {

/// Pipelined requests are read ahead up to so many bytes; more of them stay in the socket.
inline constexpr std::size_t most_ahead = 16 * 1024;

/// One request, until its response is written.
template <class Stream, class Buffer, class Handler>
class Answer final : public Operation<Stream, Handler>,
                     public std::enable_shared_from_this<Answer<Stream, Buffer, Handler>> {
 public:
  Answer(Stream& stream, Buffer& buffer, BeastOptions options, Handler handler)
      : Operation<Stream, Handler>(stream.get_executor(), std::move(handler)),
        stream_(stream),
        buffer_(buffer),
        options_(std::move(options)) {}

  template <class Body, class Fields>
  void start(Endpoint& endpoint, const http::request<Body, Fields>& request) {
    version_ = request.version();
    keep_alive_ = request.keep_alive();
    head_only_ = request.method() == http::verb::head;
    pending_ = endpoint.open(shown(request, stream_, options_), waker(this->weak_from_this()));
    go_on();
  }

  void go_on() {
    if (!pending_ || writing_) return;
    if (streaming_) {
      if (auto part = pending_->look_part()) return send_part(std::move(*part));
    } else if (auto response = pending_->look()) {
      return send(std::move(*response));
    }
    watch();
  }

 private:
  void send(HttpResponse response) {
    streaming_ = pending_->streaming();
    // HTTP/1.0 knows no chunks: there the body ends with the connection.
    if ((streaming_ && !chunked()) || response.close) keep_alive_ = false;
    message_.emplace(message_of(std::move(response), version_, keep_alive_, options_));
    if (streaming_) return begin_stream();
    pending_.reset();
    finish_message(*message_, head_only_);
    http::async_write(stream_, *message_, then(&Answer::sent));
  }

  void sent() { finish({}); }

  void begin_stream() {
    part_ = std::move(message_->body());
    message_->body().clear();
    message_->chunked(chunked());
    serializer_.emplace(*message_);
    http::async_write_header(stream_, *serializer_, then(&Answer::began));
  }

  void began() {
    ping_later();
    send_part(std::move(part_));
  }

  void send_part(std::string part) {
    if (part.empty()) return sent_part();
    part_ = std::move(part);
    spoke_ = true;
    if (!chunked()) return net::async_write(stream_, net::buffer(part_), then(&Answer::sent_part));
    net::async_write(stream_, http::make_chunk(net::buffer(part_)), then(&Answer::sent_part));
  }

  void sent_part() {
    if (pending_->streaming()) return go_on();
    pending_.reset();
    if (!chunked()) return finish({});
    net::async_write(stream_, http::make_chunk_last(), then(&Answer::sent));
  }

  void ping_later() {
    this->timer().expires_after(std::min(options_.stream_ping, longest_time));
    this->timer().async_wait(this->bound([weak = this->weak_from_this()](error_code error) {
      if (const auto self = weak.lock(); self && !error) self->ping();
    }));
  }

  void ping() {
    if (!pending_) return;
    if (!std::exchange(spoke_, false) && !writing_) send_part(std::string(pending_->keep_alive()));
    spoke_ = false;
    ping_later();
  }

  /// Goes on with that when what is written now has been written.
  auto then(void (Answer::*next)()) {
    writing_ = true;
    limit_time(stream_, options_.write_limit);
    return this->bound([self = this->shared_from_this(), next](error_code error, std::size_t) {
      self->writing_ = false;
      if (self->pending_ && !error) error = self->gone_;
      error ? self->finish(error) : ((*self).*next)();
    });
  }

  /// Nothing but reading shows over every kind of stream that the peer hung up. What it sends instead, ahead of its
  /// turn, is the host's.
  void watch() {
    if (watching_) return;
    watching_ = true;
    limit_time(stream_, std::nullopt);
    const std::size_t most = std::min(most_ahead, buffer_.max_size());
    auto seen = [self = this->shared_from_this()](error_code error, std::size_t size) { self->seen(error, size); };
    if (buffer_.size() < most) {
      return stream_.async_read_some(buffer_.prepare(std::min<std::size_t>(most - buffer_.size(), 1024)),
                                     this->bound(std::move(seen)));
    }
    auto& socket = socket_of(stream_);
    socket.async_wait(socket.wait_error, this->bound([seen = std::move(seen)](error_code error) {
                        seen(error ? error : net::error::connection_reset, 0);
                      }));
  }

  void seen(error_code error, std::size_t size) {
    watching_ = false;
    buffer_.commit(size);
    if (finished_) return complete_once();
    if (!error) return watch();
    gone_ = error;
    if (!writing_) finish(error);
  }

  /// Whoever goes on reads from the stream: what is being read is waited for.
  void finish(error_code error) {
    result_ = error;
    finished_ = true;
    pending_.reset();
    this->timer().cancel();
    if (!watching_) return complete_once();
    error_code ignored;
    socket_of(stream_).cancel(ignored);
  }

  void complete_once() {
    if (this->completed()) return;
    limit_time(stream_, std::nullopt);
    this->complete(result_, keep_alive_ && !result_);
  }

  bool chunked() const { return version_ >= 11; }

  Stream& stream_;
  Buffer& buffer_;
  BeastOptions options_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_only_ = false;
  std::unique_ptr<PendingResponse> pending_;  ///< Null once all of it was taken.
  std::optional<http::response<http::string_body>> message_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::string part_;
  bool streaming_ = false;
  bool spoke_ = false;  ///< Something went over the stream since that was last looked at.
  bool writing_ = false;
  bool watching_ = false;
  bool finished_ = false;
  error_code gone_;  ///< Why nothing more comes from the peer.
  error_code result_;
};

}  // namespace bayeux::beast_adapter
