#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <restinio/all.hpp>

#include <bayeux/transports/adapters/restinio/connections.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux::restinio_adapter {

inline restinio::http_status_line_t status_line(int status) {
  static const std::unordered_map<int, const char*> reasons{
      {200, "OK"},        {204, "No Content"},         {400, "Bad Request"},       {401, "Unauthorized"},
      {403, "Forbidden"}, {405, "Method Not Allowed"}, {413, "Content Too Large"}, {426, "Upgrade Required"},
      {500, "Internal Server Error"}};
  const auto found = reasons.find(status);
  // A reason may be empty (RFC 9112, section 4).
  return {restinio::http_status_code_t(static_cast<std::uint16_t>(status)), found != reasons.end() ? found->second : ""};
}

/// Views of what `request` and `address` hold.
template <class RestinioRequest>
HttpRequest http_request(const RestinioRequest& request, std::string_view address, bool tls, std::any attachment) {
  const auto view = [](const auto& text) { return std::string_view(text.data(), text.size()); };
  const auto& head = request.header();
  HttpRequest http;
  http.method = head.method().c_str();
  http.target = view(head.request_target());
  head.for_each_field(
      [&](const auto& field) { http.headers.emplace_back(view(field.name()), view(field.value())); });
  http.body = view(request.body());
  http.remote_address = address;
  http.tls = tls;
  http.attachment = std::move(attachment);
  return http;
}

/// Begins the answer to a request with the head of a response.
template <class Output, class RestinioRequest>
auto begin_response(RestinioRequest& request, const HttpResponse& response) {
  // What would break the head must not be sent, wherever it came from.
  const bool fine = response.headers.empty() || response.headers.lines().has_value();
  auto builder = request.template create_response<Output>(status_line(fine ? response.status : 500));
  if (fine) {
    for (const auto& [name, value] : response.headers) builder.append_header(name, value);
  }
  builder.append_header_date_field();
  if (response.close) builder.connection_close();
  return builder;
}

template <class RestinioRequest>
void respond(RestinioRequest& request, HttpResponse response) {
  const bool bodiless = request.header().method() == restinio::http_method_head();
  auto builder = begin_response<restinio::restinio_controlled_output_t>(request, response);
  if (!bodiless) builder.set_body(std::move(response.body));
  builder.done();
}

/// An HTTP request that the bus answers now or later, or as a stream.
///
/// Threads: its strand, but for `open` and `hang_up`.
template <class RestinioRequest>
class Exchange final : public Conversation, public std::enable_shared_from_this<Exchange<RestinioRequest>> {
 public:
  Exchange(IoContext& io, std::shared_ptr<RestinioConnections> connections, std::shared_ptr<RestinioRequest> request)
      : strand_(io.get_executor()),
        keep_alive_(strand_),
        connections_(std::move(connections)),
        request_(std::move(request)) {}

  void open(Endpoint& endpoint, const HttpRequest& http) {
    connections_->add(request_->connection_id(), this->shared_from_this());
    pending_ = endpoint.open(http, [weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) self->post([](Exchange& exchange) { exchange.go_on(); });
    });
    restinio::asio_ns::dispatch(strand_, [self = this->shared_from_this()] { self->go_on(); });
  }

  void hang_up() override {
    post([](Exchange& exchange) { exchange.end(); });
  }

  void drop() noexcept override {
    pending_.reset();
    stream_.reset();
    request_.reset();
  }

 private:
  static constexpr std::chrono::seconds quiet{15};  ///< As HttpExchange::keep_alive advises.

  template <class Work>
  void post(Work work) {
    restinio::asio_ns::post(strand_, [self = this->shared_from_this(), work] { work(*self); });
  }

  void go_on() {
    if (pending_ == nullptr || writing_) return;
    if (stream_) return send_part();
    auto response = pending_->look();
    if (!response) return;
    if (pending_->streaming()) return begin_stream(std::move(*response));
    respond(*request_, std::move(*response));
    end();
  }

  void begin_stream(HttpResponse response) {
    stream_.emplace(begin_response<restinio::chunked_output_t>(*request_, response));
    write(std::move(response.body));
  }

  void send_part() {
    auto part = pending_->look_part();
    if (!pending_->streaming()) {
      if (part) stream_->append_chunk(std::move(*part));
      stream_->done();
      return end();
    }
    if (part) write(std::move(*part));
  }

  void write(std::string part) {
    writing_ = true;
    stream_->append_chunk(std::move(part));
    stream_->flush([weak = this->weak_from_this()](const Error& error) {
      const auto self = weak.lock();
      if (self) self->post([failed = bool(error)](Exchange& exchange) { exchange.written(failed); });
    });
  }

  void written(bool failed) {
    writing_ = false;
    if (failed) return end();
    keep_alive_.expires_after(quiet);
    keep_alive_.async_wait([weak = this->weak_from_this()](const Error& error) {
      if (const auto self = weak.lock(); self && !error) self->stay_alive();
    });
    go_on();
  }

  void stay_alive() {
    if (pending_ != nullptr && stream_ && !writing_) write(std::string(pending_->keep_alive()));
  }

  void end() {
    pending_.reset();
    stream_.reset();
    keep_alive_.cancel();
    if (request_ == nullptr) return;
    connections_->forget(request_->connection_id(), *this);
    request_.reset();
  }

  const Strand strand_;
  Timer keep_alive_;
  const std::shared_ptr<RestinioConnections> connections_;
  std::shared_ptr<RestinioRequest> request_;
  std::unique_ptr<PendingResponse> pending_;
  std::optional<restinio::response_builder_t<restinio::chunked_output_t>> stream_;
  bool writing_ = false;
};

}  // namespace bayeux::restinio_adapter
