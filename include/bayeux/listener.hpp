#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <bayeux/flow.hpp>
#include <bayeux/fwd.hpp>

namespace bayeux {

/// Keeps a listener, filter or extension registered for as long as it lives. Move it to where its owner is;
/// destroying it or calling `cancel` takes the registration back. It may outlive the bus.
///
/// A callback that is running on another thread when the registration goes may still finish; none begins after.
///
/// Threads: one at a time, any.
class [[nodiscard]] Registration final {
 public:
  Registration() noexcept = default;
  explicit Registration(std::function<void()> cancel) noexcept : cancel_(std::move(cancel)) {}
  Registration(Registration&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
  Registration& operator=(Registration&& other) noexcept {
    if (this != &other) {
      cancel();
      cancel_ = std::exchange(other.cancel_, nullptr);
    }
    return *this;
  }
  ~Registration() { cancel(); }

  /// Takes the registration back now.
  void cancel() noexcept {
    if (auto cancel = std::exchange(cancel_, nullptr)) cancel();
  }

 private:
  std::function<void()> cancel_;
};

/// Why a client has gone.
enum class Removal : std::uint8_t {
  disconnect,  ///< It said goodbye.
  timeout,     ///< It was not heard of for longer than Config::max_interval allows.
  kicked,      ///< Client::disconnect was called.
  queue,       ///< Its queue was full: see Overflow::disconnect.
  drained,     ///< Bus::drain let it go.
};

/// Called with who published and what, after the policy allowed it and the filters ran, before subscribers get
/// it. For a message which the application itself published, the client is not valid; what it delivers to one client
/// is not heard here. Flow::drop ends the message: its publisher is answered `404::message_deleted`.
///
/// Threads: the publisher's thread; several at once. It may call anything of the bus.
/// Errors: an exception is logged and the message dropped (`404::message_deleted`).
using MessageListener = std::function<Flow(const Client& from, const Message& message)>;

/// Called when a client's handshake has succeeded.
///
/// Threads: the thread that carried the handshake; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ClientAddedListener = std::function<void(const Client& client)>;

/// Called after a client has gone; nothing can be delivered to it any more, but its user and its attributes can still
/// be read.
///
/// Threads: whichever thread removed it; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ClientRemovedListener = std::function<void(const Client& client, Removal why)>;

/// Called when a channel or pattern was made, by subscribing to it, publishing on it or giving it an attribute, and
/// when it was swept because nobody had been subscribed or had published for Config::channel_timeout.
///
/// Threads: whichever thread did it; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ChannelListener = std::function<void(const Channel& channel)>;

/// Called after a client was subscribed to a channel or pattern to which it was not, and after it no longer is; in the
/// latter case also for all that it had when it goes.
///
/// Threads: whichever thread did it; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using SubscriptionListener = std::function<void(const Client& client, const Channel& channel)>;

/// Called when messages for a client have begun to give way because its queue is full; again only after it has been
/// empty. A copy that waits for its verdict counts as one. See Overflow.
///
/// Threads: whichever thread sent to the client; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using QueueFullListener = std::function<void(const Client& client)>;

/// Called before a connect of the client is held, and after it has been let go: because there is something to say, its
/// time is up, the client connected anew, its connection or its session ended.
///
/// Threads: whichever thread did it; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ConnectListener = std::function<void(const Client& client)>;

}  // namespace bayeux
