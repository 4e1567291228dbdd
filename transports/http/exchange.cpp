#include "exchange.hpp"

#include "callback_polling.hpp"
#include "cookie.hpp"
#include "event_source.hpp"
#include "response.hpp"

namespace bayeux::http {

LinkExchange::LinkExchange(const GatewayConfig& config, std::unique_ptr<Link> link, ResponsePlan plan)
    : config_(config), link_(std::move(link)), plan_(std::move(plan)) {}

bool LinkExchange::ready() {
  return link_ != nullptr && link_->ready();
}

HttpResponse LinkExchange::take() {
  HttpResponse response;
  const auto frames = link_->take(config_.max_response);
  if (link_->superseded()) {
    response.status = config_.duplicate_connect_status;
    response.headers = plan_.visitor->headers(Content::nothing);
  } else if (plan_.callback != nullptr) {
    response.headers = plan_.visitor->headers(Content::script);
    response.body = script_text(*plan_.callback, frames);
  } else {
    response.headers = plan_.visitor->headers(Content::messages);
    response.body = join(frames);
  }
  response.close = link_->parts();
  if (!link_->new_browser().empty()) {
    response.headers.emplace_back("Set-Cookie", set_cookie(config_.cookie, link_->new_browser(), plan_.tls));
  }
  return response;
}

void LinkExchange::abort() {
  link_.reset();
}

EventSourceExchange::EventSourceExchange(const GatewayConfig& config, std::unique_ptr<Link> link,
                                         std::shared_ptr<const Visitor> visitor)
    : config_(config), link_(std::move(link)), visitor_(std::move(visitor)) {}

bool EventSourceExchange::ready() {
  return link_ != nullptr && (!begun_ || link_->ready());
}

HttpResponse EventSourceExchange::take() {
  begun_ = true;
  HttpResponse response;
  response.headers = visitor_->headers(Content::events);
  response.body = first_words(config_.event_source_retry) + take_part();
  visitor_.reset();
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
