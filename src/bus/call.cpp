#include <bayeux/call.hpp>

#include <utility>

#include <bayeux/error.hpp>

#include "inquiry.hpp"

namespace bayeux {

struct Call::State {
  std::shared_ptr<bus::Inquiry> inquiry;
  bus::ServiceTemplate::Parameters parameters;
  std::shared_ptr<bus::AnswerDuty> duty;
};

const Client& Call::client() const noexcept {
  static const Client nobody;
  return state_ != nullptr ? state_->inquiry->from() : nobody;
}

const Message& Call::message() const noexcept {
  static const Message nothing;
  return state_ != nullptr ? state_->inquiry->message() : nothing;
}

const Json& Call::data() const noexcept {
  return message().data.json();
}

std::string_view Call::parameter(std::string_view name) const noexcept {
  if (state_ == nullptr) return {};
  for (const auto& [key, value] : state_->parameters) {
    if (key == name) return value;
  }
  return {};
}

std::error_code Call::answer(Json result, Json ext) const {
  if (state_ == nullptr) return Errc::client_unknown;
  return state_->inquiry->answer(std::move(result), std::move(ext), true);
}

std::error_code Call::fail(Json failure) const {
  return state_ != nullptr ? state_->inquiry->answer(std::move(failure), {}, false) : Errc::client_unknown;
}

Call CallAccess::call(std::shared_ptr<bus::Inquiry> inquiry, bus::ServiceTemplate::Parameters parameters,
                      std::shared_ptr<bus::AnswerDuty> duty) {
  Call call;
  call.state_ = std::make_shared<Call::State>(Call::State{std::move(inquiry), std::move(parameters), std::move(duty)});
  return call;
}

namespace bus {

std::error_code Inquiry::answer(Json data, Json ext, bool successful) {
  if (answered_.exchange(true)) return Errc::call_answered;
  return from_.deliver(channel_, std::move(data), {.id = message_.id, .successful = successful, .ext = std::move(ext)});
}

void Inquiry::fail(const char* why) noexcept {
  if (answered_.exchange(true)) return;
  try {
    from_.deliver(channel_, Json{{"error", why}}, {.id = message_.id, .successful = false});
  } catch (...) {
    // Memory is short: the client's own timer ends the call.
    return;
  }
}

}  // namespace bus
}  // namespace bayeux
