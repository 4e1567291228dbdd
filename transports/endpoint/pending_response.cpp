#include "pending_response.hpp"

namespace bayeux {

bool PendingResponse::Impl::ready() {
  if (exchange_ == nullptr) return false;
  do {
    carrier_->begin_look();
    if (exchange_->ready()) return true;
  } while (!carrier_->park());
  return false;
}

HttpResponse PendingResponse::Impl::take() {
  HttpResponse response = exchange_->take();
  if (!exchange_->streaming()) end();
  return response;
}

std::string PendingResponse::Impl::take_part() {
  std::string part = exchange_->take_part();
  if (!exchange_->streaming()) end();
  return part;
}

void PendingResponse::Impl::abort() {
  if (exchange_ != nullptr) exchange_->abort();
  end();
}

void PendingResponse::Impl::end() {
  if (exchange_ == nullptr) return;
  carrier_->stop();
  exchange_.reset();
  counters_->open.fetch_sub(1);
}

PendingResponse::PendingResponse(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PendingResponse::~PendingResponse() = default;

std::optional<HttpResponse> PendingResponse::look() {
  if (!impl_->ready()) return std::nullopt;
  return impl_->take();
}

std::optional<std::string> PendingResponse::look_part() {
  if (!impl_->ready()) return std::nullopt;
  return impl_->take_part();
}

bool PendingResponse::streaming() const {
  return impl_->streaming();
}

std::string_view PendingResponse::keep_alive() const {
  return impl_->keep_alive();
}

void PendingResponse::abort() {
  impl_->abort();
}

}  // namespace bayeux
