#include "exchange.hpp"

#include <iterator>
#include <utility>

#include "callback_polling.hpp"
#include "cookie.hpp"
#include "event_source.hpp"
#include "long_polling.hpp"

namespace bayeux::http {
namespace {

void append(std::vector<HttpHeader>& to, std::vector<HttpHeader>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

AnsweredExchange::AnsweredExchange(HttpResponse response, std::vector<HttpHeader> headers)
    : response_(std::move(response)) {
  append(response_.headers, std::move(headers));
}

HttpResponse AnsweredExchange::take() {
  return std::move(response_);
}

LinkExchange::LinkExchange(const GatewayConfig& config, std::unique_ptr<Link> link, ResponsePlan plan)
    : config_(config), link_(std::move(link)), plan_(std::move(plan)) {}

bool LinkExchange::ready() {
  return link_ != nullptr && link_->ready();
}

HttpResponse LinkExchange::take() {
  auto result = response();
  append(result.headers, std::move(plan_.headers));
  if (!link_->new_browser().empty()) {
    result.headers.emplace_back("Set-Cookie", set_cookie(config_.cookie, link_->new_browser(), plan_.tls));
  }
  return result;
}

HttpResponse LinkExchange::response() {
  const auto frames = link_->take(config_.max_response);
  if (link_->superseded()) return empty_response(config_.duplicate_connect_status);
  return plan_.callback ? callback_response(*plan_.callback, frames) : long_polling_response(frames);
}

void LinkExchange::abort() {
  link_.reset();
}

EventSourceExchange::EventSourceExchange(const GatewayConfig& config, std::unique_ptr<Link> link,
                                         std::vector<HttpHeader> headers)
    : config_(config), link_(std::move(link)), headers_(std::move(headers)) {}

bool EventSourceExchange::ready() {
  return link_ != nullptr && (!begun_ || link_->ready());
}

HttpResponse EventSourceExchange::take() {
  begun_ = true;
  auto response = body_response("text/event-stream", first_words(config_.event_source_retry) + take_part());
  append(response.headers, std::exchange(headers_, {}));
  return response;
}

std::string EventSourceExchange::take_part() {
  if (link_ == nullptr) return {};
  auto text = event_text(link_->take(config_.max_response));
  if (link_->finished()) link_.reset();
  return text;
}

std::string_view EventSourceExchange::keep_alive() const {
  return comment;
}

void EventSourceExchange::abort() {
  link_.reset();
}

}  // namespace bayeux::http
