#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <restinio/all.hpp>
#include <restinio/websocket/websocket.hpp>

#include <bayeux/transports/adapters/restinio/connections.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux::restinio_adapter {

namespace ws = restinio::websocket::basic;

/// A WebSocket of RESTinio's, which hands over single frames, and that of the bus.
///
/// Threads: its strand, but for `open` and `hang_up`.
class Socket final : public Conversation, public std::enable_shared_from_this<Socket> {
 public:
  Socket(IoContext& io, std::shared_ptr<RestinioConnections> connections, restinio::connection_id_t id,
         std::size_t max_message)
      : strand_(io.get_executor()),
        clock_(strand_),
        connections_(std::move(connections)),
        id_(id),
        max_message_(max_message) {}

  WakeFunction wake() {
    return [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->post([](Socket& socket) { socket.go_on(); });
    };
  }

  /// Upgrades, and begins to read.
  template <class Traits, class RestinioRequest>
  void open(RestinioRequest& request, std::unique_ptr<EndpointSocket> session, restinio::http_header_fields_t fields) {
    connections_->add(id_, shared_from_this());
    session_ = std::move(session);
    ws_ = ws::upgrade<Traits>(request, ws::activation_t::delayed, std::move(fields),
                              [weak = weak_from_this()](ws::ws_handle_t, ws::message_handle_t message) {
                                const auto self = weak.lock();
                                if (self) self->arrive(std::move(message));
                              });
    activate(*ws_);
    post([](Socket& socket) { socket.wait(); });
  }

  void hang_up() override {
    post([](Socket& socket) { socket.end(); });
  }

  void drop() noexcept override {
    session_.reset();
    ws_.reset();
  }

 private:
  /// How often it is looked whether anybody is there.
  static constexpr std::chrono::seconds look{10};
  static constexpr int quiet_before_ping = 3, quiet_before_end = 6;

  template <class Work>
  void post(Work work) {
    restinio::asio_ns::post(strand_, [self = shared_from_this(), work] { work(*self); });
  }

  void arrive(ws::message_handle_t frame) {
    restinio::asio_ns::dispatch(strand_, [self = shared_from_this(), frame = std::move(frame)] {
      if (self->session_ == nullptr) return;
      self->quiet_ = 0;
      self->receive(*frame);
    });
  }

  void receive(ws::message_t& frame) {
    switch (frame.opcode()) {
      case ws::opcode_t::ping_frame:
        return ws_->send_message(ws::final_frame, ws::opcode_t::pong_frame, std::move(frame.payload()));
      case ws::opcode_t::connection_close_frame:
        // RESTinio has answered it; it also stands for a connection that is lost.
        return end();
      case ws::opcode_t::text_frame:
      case ws::opcode_t::binary_frame:
        binary_ = frame.opcode() == ws::opcode_t::binary_frame;
        message_ = std::move(frame.payload());
        return complete(frame.is_final());
      case ws::opcode_t::continuation_frame:
        message_ += frame.payload();
        return complete(frame.is_final());
      default:
        return;
    }
  }

  void complete(bool final) {
    if (message_.size() > max_message_) return close({1009, "The message is too large"});
    if (!final) return;
    const std::string message = std::exchange(message_, {});
    binary_ ? session_->receive_binary() : session_->receive(message);
    go_on();
  }

  void go_on() {
    if (session_ == nullptr || writing_) return;
    const auto output = session_->look();
    if (output.empty()) {
      if (const auto& closing = session_->closing()) close(*closing);
      return;
    }
    writing_ = true;
    for (std::size_t i = 0; i + 1 < output.size(); ++i) send(output.text(i));
    send(output.text(output.size() - 1), [weak = weak_from_this()](const Error& error) {
      const auto self = weak.lock();
      if (self) self->post([failed = bool(error)](Socket& socket) { socket.written(failed); });
    });
  }

  void send(std::string text, restinio::write_status_cb_t written = {}) {
    ws_->send_message(ws::final_frame, ws::opcode_t::text_frame, std::move(text), std::move(written));
  }

  void written(bool failed) {
    writing_ = false;
    failed ? end() : go_on();
  }

  void wait() {
    clock_.expires_after(look);
    clock_.async_wait([weak = weak_from_this()](const Error& error) {
      const auto self = weak.lock();
      if (self && !error && self->session_ != nullptr) self->look_after();
    });
  }

  /// Closes what is finished, and finds out who has gone without a word.
  void look_after() {
    ++quiet_;
    if (session_->finished() && quiet_ > 1) return close({1000, "The session has ended"});
    if (quiet_ >= quiet_before_end) {
      ws_->kill();
      return end();
    }
    if (quiet_ == quiet_before_ping) ws_->send_message(ws::final_frame, ws::opcode_t::ping_frame, std::string());
    wait();
  }

  void close(const WebSocketClose& why) {
    auto payload = ws::status_code_to_bin(static_cast<ws::status_code_t>(why.code)).append(why.reason);
    ws_->send_message(ws::final_frame, ws::opcode_t::connection_close_frame, std::move(payload));
    end();
  }

  void end() {
    session_.reset();
    ws_.reset();
    clock_.cancel();
    connections_->forget(id_, *this);
  }

  const Strand strand_;
  Timer clock_;
  const std::shared_ptr<RestinioConnections> connections_;
  const restinio::connection_id_t id_;
  const std::size_t max_message_;
  std::unique_ptr<EndpointSocket> session_;
  ws::ws_handle_t ws_;
  std::string message_;  ///< What has come of a message in several frames.
  bool binary_ = false;
  bool writing_ = false;
  int quiet_ = 0;  ///< How often it was looked and nothing had come.
};

/// The value of a header field of the request; empty when there is none.
template <class RestinioRequest>
std::string field_of(const RestinioRequest& request, restinio::http_field_t field) {
  return request.header().get_field_or(field, std::string());
}

template <class RestinioRequest>
bool asks_for_websocket(const RestinioRequest& request) {
  const auto upgrade = field_of(request, restinio::http_field::upgrade);
  return request.header().connection() == restinio::http_connection_header_t::upgrade &&
         restinio::impl::is_equal_caseless(upgrade, "websocket");
}

/// Why the request cannot be upgraded (RFC 6455, section 4.2.1), which RESTinio leaves to us.
template <class RestinioRequest>
std::optional<HttpResponse> upgrade_refusal(const RestinioRequest& request) {
  const auto refusal = [](int status, const char* text) {
    return HttpResponse{status, {{"Content-Type", "text/plain"}, {"X-Content-Type-Options", "nosniff"}}, text};
  };
  if (request.header().method() != restinio::http_method_get()) return refusal(400, "A WebSocket begins with a GET\n");
  if (field_of(request, restinio::http_field::sec_websocket_version) != "13") {
    auto response = refusal(426, "The version of WebSocket must be 13\n");
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return response;
  }
  const auto key = restinio::utils::base64::try_decode(field_of(request, restinio::http_field::sec_websocket_key));
  if (!key || key->size() != 16) return refusal(400, "The key of the WebSocket is wrong\n");
  return std::nullopt;
}

template <class RestinioRequest>
restinio::http_header_fields_t upgrade_fields(const RestinioRequest& request, const std::string& protocol) {
  const auto key = field_of(request, restinio::http_field::sec_websocket_key);
  const auto digest = restinio::utils::sha1::make_digest(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  restinio::http_header_fields_t fields;
  fields.set_field(restinio::http_field::sec_websocket_accept,
                   restinio::utils::base64::encode(restinio::utils::sha1::to_string(digest)));
  if (!protocol.empty()) fields.set_field(restinio::http_field::sec_websocket_protocol, protocol);
  return fields;
}

}  // namespace bayeux::restinio_adapter
