#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

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
};

/// Called with who published and what, after the policy allowed it and the filters ran, before subscribers get
/// it. For a message which the application itself published, the client is not valid; what it delivers to one client
/// is not heard here.
///
/// Threads: the publisher's thread; several at once. It may call anything of the bus.
/// Errors: an exception is logged and the message dropped (`404::message_deleted`).
using MessageListener = std::function<void(const Client& from, const Message& message)>;

/// Called when a client's handshake has succeeded.
///
/// Threads: the thread that carried the handshake; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ClientAddedListener = std::function<void(const Client& client)>;

/// Called after a client has gone; nothing can be delivered to it any more.
///
/// Threads: whichever thread removed it; several at once. It may call anything of the bus.
/// Errors: an exception is logged.
using ClientRemovedListener = std::function<void(const Client& client, Removal why)>;

}  // namespace bayeux
