#include <bayeux/transports/gateway.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/bus.hpp>
#include <bayeux/error.hpp>

#include "callback_polling.hpp"
#include "cookie.hpp"
#include "cors.hpp"
#include "event_source.hpp"
#include "exchange.hpp"
#include "gateway_config.hpp"
#include "long_polling.hpp"
#include "page.hpp"
#include "response.hpp"
#include "visitors.hpp"

namespace bayeux {
namespace {

http::Refusal refusal_of(const std::error_code& error) {
  using http::Fault;
  if (error == Errc::json_invalid) return {Fault::unreadable, 400, "The request is not JSON"};
  if (error == Errc::messages_invalid) return {Fault::unreadable, 400, "The request is not an array of messages"};
  if (error == Errc::messages_empty) return {Fault::unreadable, 400, "The request is empty"};
  if (error == Errc::handshake_not_first) return {Fault::unreadable, 400, "A handshake must come first"};
  if (error == Errc::messages_too_many) return {Fault::too_many, 413, "There are too many messages in one request"};
  if (error == Errc::links_too_many) return {Fault::over_windows, 503, "Too many windows of this browser wait"};
  if (error == Errc::bus_closed) return {Fault::failure, 503, "The bus is closed"};
  return {Fault::failure, 500, "The request failed"};
}

/// A form of another page is refused for what it is: nothing but this stands between it and the bus.
http::Refusal refusal_of_stranger(const HttpRequest& request) {
  if (request.method == "POST" && http::is_simple_type(request.header("content-type")))
    return {http::Fault::foreign_form, 403, "A form of another origin is not allowed"};
  return {http::Fault::foreign_origin, 403, "This origin is not allowed"};
}

std::unique_ptr<HttpExchange> answered(HttpResponse response) {
  return std::make_unique<http::AnsweredExchange>(std::move(response));
}

}  // namespace

struct Gateway::State {
  using Visitor = http::Visitor;
  using VisitorPtr = std::shared_ptr<const Visitor>;

  State(Bus& its_bus, GatewayConfig its_config)
      : bus(its_bus), config(std::move(its_config)), cors(config.allowed_origins, config.allowed_headers) {}

  void add_connection_types();
  VisitorPtr let_in(const HttpRequest& request);
  std::unique_ptr<HttpExchange> refuse(const Visitor& visitor, const http::Refusal& refusal);
  std::unique_ptr<HttpExchange> preflight(const HttpRequest& request, const Visitor& visitor) const;
  std::unique_ptr<HttpExchange> post(const HttpRequest& request, VisitorPtr visitor, std::shared_ptr<Carrier> carrier);
  std::unique_ptr<HttpExchange> get(const HttpRequest& request, VisitorPtr visitor, std::shared_ptr<Carrier> carrier);
  std::unique_ptr<HttpExchange> listen(const HttpRequest& request, VisitorPtr visitor,
                                       std::shared_ptr<Carrier> carrier);
  std::unique_ptr<HttpExchange> pass_on(const HttpRequest& request, std::string_view messages, http::ResponsePlan plan,
                                        std::shared_ptr<Carrier> carrier);

  Bus& bus;
  const GatewayConfig config;
  const http::Cors cors;
  http::Visitors visitors{cors};
  http::Faults faults;

  /// The requests of a client that has a stream come by long-polling.
  const bool streams = config.event_source && config.long_polling;
};

void Gateway::State::add_connection_types() {
  if (config.long_polling) bus.add_connection_type("long-polling");
  if (config.callback_polling) bus.add_connection_type("callback-polling");
  // Faye's name for long-polling from a page of another origin.
  if (config.long_polling && !config.allowed_origins.empty()) bus.add_connection_type("cross-origin-long-polling");
  if (streams) bus.add_connection_type("eventsource");
}

/// Scripts are fetched from pages of any origin, and without its name: that is what callback-polling is for.
Gateway::State::VisitorPtr Gateway::State::let_in(const HttpRequest& request) {
  auto visitor = visitors.let_in(request);
  const bool may_be_script = config.callback_polling && request.method == "GET" && !http::names_origin(request) &&
                             !(streams && http::asks_for_events(request));
  return visitor == nullptr && may_be_script ? visitors.anybody() : visitor;
}

std::unique_ptr<HttpExchange> Gateway::State::refuse(const Visitor& visitor, const http::Refusal& refusal) {
  faults.add(refusal.fault);
  return answered(http::refusal_response(refusal.status, refusal.reason, visitor.headers(http::Content::reason)));
}

std::unique_ptr<HttpExchange> Gateway::State::preflight(const HttpRequest& request, const Visitor& visitor) const {
  HttpResponse response;
  response.headers = visitor.headers(http::Content::nothing);
  cors.add_preflight_fields(response.headers, request);
  return answered(std::move(response));
}

std::unique_ptr<HttpExchange> Gateway::State::post(const HttpRequest& request, VisitorPtr visitor,
                                                   std::shared_ptr<Carrier> carrier) {
  const auto posted = http::posted_messages(request, config.max_body);
  if (const auto* refusal = std::get_if<http::Refusal>(&posted)) return refuse(*visitor, *refusal);
  const auto text =
      std::visit([](const auto& messages) { return std::string_view(messages); }, std::get<http::Posted>(posted));
  return pass_on(request, text, {std::move(visitor), nullptr, request.tls}, std::move(carrier));
}

std::unique_ptr<HttpExchange> Gateway::State::get(const HttpRequest& request, VisitorPtr visitor,
                                                  std::shared_ptr<Carrier> carrier) {
  auto asked = http::callback_request(request, config);
  if (const auto* refusal = std::get_if<http::Refusal>(&asked)) return refuse(*visitor, *refusal);
  auto& [callback, messages] = std::get<http::CallbackRequest>(asked);
  auto kept = std::make_unique<const std::string>(std::move(callback));
  return pass_on(request, messages, {std::move(visitor), std::move(kept), request.tls}, std::move(carrier));
}

std::unique_ptr<HttpExchange> Gateway::State::pass_on(const HttpRequest& request, std::string_view messages,
                                                      http::ResponsePlan plan, std::shared_ptr<Carrier> carrier) {
  const bool calls_back = plan.callback != nullptr;
  LinkOptions options;
  options.connection_type = calls_back ? "callback-polling" : "long-polling";
  options.events_on_connect_only = calls_back;
  options.browser = std::string(http::presented_cookie(request, config.cookie.name));
  auto link = bus.open_link(std::move(options), std::move(carrier));
  if (const auto error = link->receive(messages, request)) return refuse(*plan.visitor, refusal_of(error));
  return std::make_unique<http::LinkExchange>(config, faults, std::move(link), std::move(plan));
}

std::unique_ptr<HttpExchange> Gateway::State::listen(const HttpRequest& request, VisitorPtr visitor,
                                                     std::shared_ptr<Carrier> carrier) {
  const auto client = http::listening_client(request);
  if (const auto* refusal = std::get_if<http::Refusal>(&client)) return refuse(*visitor, *refusal);
  LinkOptions options;
  options.connection_type = "eventsource";
  options.duplex = true;
  options.browser = std::string(http::presented_cookie(request, config.cookie.name));
  auto link = bus.open_link(std::move(options), std::move(carrier));
  const auto error = link->listen(std::get<std::string_view>(client));
  // To an unknown client the stream itself says so: a browser hides every other kind of answer from its page.
  if (error && error != Errc::client_unknown) return refuse(*visitor, refusal_of(error));
  return std::make_unique<http::EventSourceExchange>(config, faults, std::move(link), std::move(visitor));
}

Gateway::Gateway(Bus& bus, GatewayConfig config) {
  if (!http::is_valid(config)) throw std::system_error(make_error_code(Errc::config_invalid), "GatewayConfig");
  config.event_source_retry = std::min(config.event_source_retry, longest_told);
  state_ = std::make_unique<State>(bus, std::move(config));
  state_->add_connection_types();
}

Gateway::~Gateway() = default;

const GatewayConfig& Gateway::config() const noexcept {
  return state_->config;
}

GatewayStats Gateway::stats() const noexcept {
  using http::Fault;
  const auto& faults = state_->faults;
  return {.foreign_origins = faults.of(Fault::foreign_origin),
          .foreign_forms = faults.of(Fault::foreign_form),
          .too_large = faults.of(Fault::too_large),
          .too_many = faults.of(Fault::too_many),
          .unreadable = faults.of(Fault::unreadable),
          .wrong_codings = faults.of(Fault::wrong_coding),
          .wrong_callbacks = faults.of(Fault::wrong_callback),
          .wrong_client_ids = faults.of(Fault::wrong_client_id),
          .wrong_methods = faults.of(Fault::wrong_method),
          .over_windows = faults.of(Fault::over_windows),
          .failed = faults.of(Fault::failure),
          .cut_requests = faults.of(Fault::cut_request),
          .cut_streams = faults.of(Fault::cut_stream),
          .withheld_cookies = faults.of(Fault::withheld_cookie)};
}

std::unique_ptr<HttpExchange> Gateway::open(const HttpRequest& request, std::shared_ptr<Carrier> carrier) {
  auto& state = *state_;
  // Before anything is done: a simple request of a foreign page comes without a preflight.
  auto visitor = state.let_in(request);
  if (visitor == nullptr) return state.refuse(*state.visitors.anybody(), refusal_of_stranger(request));
  if (request.method == "OPTIONS") return state.preflight(request, *visitor);
  if (request.method == "POST" && state.config.long_polling)
    return state.post(request, std::move(visitor), std::move(carrier));
  if (state.streams && http::asks_for_events(request))
    return state.listen(request, std::move(visitor), std::move(carrier));
  if (request.method == "GET" && state.config.callback_polling)
    return state.get(request, std::move(visitor), std::move(carrier));
  if (request.method == "GET" || request.method == "POST")
    return state.refuse(*visitor, {http::Fault::wrong_method, 400, "Unknown Bayeux transport"});
  return state.refuse(*visitor, {http::Fault::wrong_method, 405, "Only POST, GET and OPTIONS are allowed"});
}

}  // namespace bayeux
