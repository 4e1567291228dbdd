#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <bayeux/call.hpp>
#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/message.hpp>

namespace bayeux::bus {

/// The handlers of services and remote calls. A name costs a lookup, a template a comparison with what has as many
/// segments.
///
/// Threads: any, at once. Handlers run under no lock, and may add and take away others.
class Services final {
 public:
  Services();

  /// Has messages handled that go to the service of that name, or to any that the template stands for. With
  /// `must_answer` a message that is not answered has failed.
  ///
  /// Errors: throws std::system_error (channel_invalid, callback_empty).
  Registration add(std::string_view name, CallHandler handler, bool must_answer);

  /// Calls all handlers that fit, in the order in which they were added; `from` is answered.
  void run(BusCore& core, const Client& from, const ChannelId& channel, const Message& message) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The service behind a remote call; clients name its target with or without a slash in front.
std::string service_of(std::string_view target);

}  // namespace bayeux::bus
