#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <bayeux/call.hpp>
#include <bayeux/client.hpp>
#include <bayeux/message.hpp>

#include "service_template.hpp"

namespace bayeux {
namespace bus {

/// One message to a service. However many handlers it has, it is answered once.
///
/// Threads: any, at once.
class Inquiry final {
 public:
  Inquiry(std::string channel, Client from, Message message)
      : channel_(std::move(channel)), from_(std::move(from)), message_(std::move(message)) {}

  const Client& from() const noexcept { return from_; }
  const Message& message() const noexcept { return message_; }

  /// Sends the result or the failure (protocol: "Remote calls"); one without an id when the request had none.
  ///
  /// Errors: those of Call::answer.
  std::error_code answer(Json data, Json ext, bool successful);

  /// Says that it failed, unless it was answered before. `why` is shown to the client.
  void fail(const char* why) noexcept;

 private:
  const std::string channel_;
  const Client from_;
  const Message message_;
  std::atomic<bool> answered_{false};
};

/// Shared by all who owe an answer to one inquiry: when the last of them lets go, it has failed.
class AnswerDuty final {
 public:
  explicit AnswerDuty(std::shared_ptr<Inquiry> inquiry) : inquiry_(std::move(inquiry)) {}
  ~AnswerDuty() { inquiry_->fail("not answered"); }
  AnswerDuty(const AnswerDuty&) = delete;
  AnswerDuty& operator=(const AnswerDuty&) = delete;

 private:
  const std::shared_ptr<Inquiry> inquiry_;
};

}  // namespace bus

/// Makes the handles, whose constructors are nobody else's.
class CallAccess final {
 public:
  /// `duty` is empty where nobody has to answer.
  static Call call(std::shared_ptr<bus::Inquiry> inquiry, bus::ServiceTemplate::Parameters parameters,
                   std::shared_ptr<bus::AnswerDuty> duty);
};

}  // namespace bayeux
