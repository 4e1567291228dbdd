#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// A message that a client sent to a service, and the way to answer it: now or later, once, from any thread.
///
/// A handle: copies are the same call, which may outlive the client and the bus. A request without an id is answered
/// without one, which clients cannot match.
///
/// Threads: any, at once.
class Call final {
 public:
  /// Who calls.
  const Client& client() const noexcept;

  /// The message, with its `data`.
  const Message& message() const noexcept;

  /// Short for `message().data.json()`.
  const Json& data() const noexcept;

  /// What stands in the channel for `{name}` of the template; empty when the template has no such part.
  std::string_view parameter(std::string_view name) const noexcept;

  /// Sends the result to the caller alone (protocol: "Remote calls"); `ext` goes with it, such as
  /// `BinaryData::ext()`.
  ///
  /// Errors: client_unknown, message_deleted, bus_closed; call_answered when it was before.
  std::error_code answer(Json result, Json ext = {}) const;

  /// Sends a failure to the caller alone; clients get `failure` as data of an unsuccessful answer.
  ///
  /// Errors: as above.
  std::error_code fail(Json failure) const;

 private:
  friend class CallAccess;
  struct State;
  std::shared_ptr<State> state_;
};

/// Called for every message to a service.
///
/// Threads: the thread that carried the message; several at once. It may call anything of the bus.
/// Errors: an exception is logged, and a remote call is answered with a failure that says nothing of it.
using CallHandler = std::function<void(const Call& call)>;

}  // namespace bayeux
