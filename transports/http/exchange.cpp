#include "exchange.hpp"

#include "callback_polling.hpp"
#include "cookie.hpp"
#include "event_source.hpp"
#include "response.hpp"

namespace bayeux::http {

LinkExchange::LinkExchange(const GatewayConfig& config, Faults& faults, std::unique_ptr<Link> link, ResponsePlan plan)
    : config_(config), faults_(faults), link_(std::move(link)), plan_(std::move(plan)) {}

bool LinkExchange::ready() {
  return link_ != nullptr && link_->ready();
}

HttpResponse LinkExchange::take() {
  HttpResponse response;
  const auto link = std::move(link_);
  const auto frames = link->take(config_.max_response);
  // What else stood in its request is answered all the same.
  if (link->superseded() && frames.empty()) {
    response.status = config_.duplicate_connect_status;
    response.headers = plan_.visitor->headers(Content::nothing);
  } else if (plan_.callback != nullptr) {
    response.headers = plan_.visitor->headers(Content::script);
    response.body = script_text(*plan_.callback, frames);
  } else {
    response.headers = plan_.visitor->headers(Content::messages);
    response.body = join(frames);
  }
  response.close = link->parts();
  if (!link->new_browser().empty()) give_cookie(response, link->new_browser());
  return response;
}

void LinkExchange::give_cookie(HttpResponse& response, const std::string& value) {
  const auto cookie = set_cookie(config_.cookie, value, plan_.tls);
  if (!cookie) return faults_.add(Fault::withheld_cookie);
  response.headers.emplace_back("Set-Cookie", *cookie);
}

void LinkExchange::cut() noexcept {
  if (link_ == nullptr) return;
  link_.reset();
  faults_.add(Fault::cut_request);
}

EventSourceExchange::EventSourceExchange(const GatewayConfig& config, Faults& faults, std::unique_ptr<Link> link,
                                         std::shared_ptr<const Visitor> visitor)
    : config_(config), faults_(faults), link_(std::move(link)), visitor_(std::move(visitor)) {}

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

void EventSourceExchange::cut() noexcept {
  if (link_ == nullptr) return;
  link_.reset();
  faults_.add(Fault::cut_stream);
}

}  // namespace bayeux::http
