#pragma once

#include <bayeux/extension.hpp>

namespace bayeux {

/// Lets clients acknowledge what they are sent (protocol: "ack"), so that nothing is lost with a connection. A client
/// asks for it with `"ext":{"ack":true}` in its handshake. From then on messages reach it only with replies to
/// connects, are kept until it has acknowledged them, and are sent again, in their order, when it has not: see
/// Client::keep_until_acknowledged. What it publishes itself is not protected.
///
///     const auto acknowledge = bus.add_extension(std::make_shared<bayeux::Acknowledge>());
///
/// A connect that acknowledges what was never sent is answered `400::ack_invalid`, and nothing is forgotten. Who
/// asked has the attribute `ack`, a bool.
///
/// Threads: any, at once.
class Acknowledge final : public Extension {
 public:
  Flow incoming(const Client& from, Message& message, Message& reply) override;
  Flow reply(const Client& to, Message& message) override;
};

}  // namespace bayeux
