#include <bayeux/transports/gateway.hpp>

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
#include "response.hpp"
#include "visitors.hpp"

namespace bayeux {
namespace {

http::Refusal refusal_of(const std::error_code& error) {
  if (error == Errc::json_invalid) return {400, "The request is not JSON"};
  if (error == Errc::messages_invalid) return {400, "The request is not an array of messages"};
  if (error == Errc::messages_empty) return {400, "The request is empty"};
  if (error == Errc::handshake_not_first) return {400, "A handshake must come first"};
  if (error == Errc::messages_too_many) return {413, "There are too many messages in one request"};
  if (error == Errc::links_too_many) return {503, "Too many windows of this browser wait"};
  if (error == Errc::bus_closed) return {503, "The bus is closed"};
  return {500, "The request failed"};
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
  std::unique_ptr<HttpExchange> refuse(const Visitor& visitor, const http::Refusal& refusal) const;
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

std::unique_ptr<HttpExchange> Gateway::State::refuse(const Visitor& visitor, const http::Refusal& refusal) const {
  return answered(http::refusal_response(refusal, visitor.headers(http::Content::reason)));
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
  return std::make_unique<http::LinkExchange>(config, std::move(link), std::move(plan));
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
  return std::make_unique<http::EventSourceExchange>(config, std::move(link), std::move(visitor));
}

Gateway::Gateway(Bus& bus, GatewayConfig config) {
  if (!http::is_valid(config)) throw std::system_error(make_error_code(Errc::config_invalid), "GatewayConfig");
  state_ = std::make_unique<State>(bus, std::move(config));
  state_->add_connection_types();
}

Gateway::~Gateway() = default;

const GatewayConfig& Gateway::config() const noexcept {
  return state_->config;
}

std::unique_ptr<HttpExchange> Gateway::open(const HttpRequest& request, std::shared_ptr<Carrier> carrier) {
  auto& state = *state_;
  // Before anything is done: a simple request of a foreign page comes without a preflight.
  auto visitor = state.visitors.let_in(request);
  if (visitor == nullptr) return state.refuse(*state.visitors.anybody(), {403, "This origin is not allowed"});
  if (request.method == "OPTIONS") return state.preflight(request, *visitor);
  if (request.method == "POST" && state.config.long_polling)
    return state.post(request, std::move(visitor), std::move(carrier));
  if (state.streams && http::asks_for_events(request))
    return state.listen(request, std::move(visitor), std::move(carrier));
  if (request.method == "GET" && state.config.callback_polling)
    return state.get(request, std::move(visitor), std::move(carrier));
  if (request.method == "GET" || request.method == "POST")
    return state.refuse(*visitor, {400, "Unknown Bayeux transport"});
  return state.refuse(*visitor, {405, "Only POST, GET and OPTIONS are allowed"});
}

}  // namespace bayeux
