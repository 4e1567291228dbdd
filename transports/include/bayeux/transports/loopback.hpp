#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>
#include <bayeux/message.hpp>

namespace bayeux {

/// A client inside the program. It speaks Bayeux over the same Link as every other client, so that it is asked the
/// same questions by policies and extensions, and has a client id and a queue of its own.
///
///     bayeux::Loopback client(bus);
///     client.subscribe("/chat/*", [](const bayeux::Message& message) { ... });
///     client.publish("/chat/room", {{"text", "hello"}});
///
/// Handlers run one at a time, in the order of the messages, never from within a call of theirs into the client,
/// and on the thread that `Executor` picks. By default that is the thread which caused the message.
///
/// Threads: any, at once. Destroying waits for a handler that runs on another thread; a handler must not destroy
/// its own client.
class Loopback final {
 public:
  /// Runs a task, soon and once: `[&](auto task) { asio::post(io, std::move(task)); }`.
  using Executor = std::function<void(std::function<void()>)>;
  using Handler = std::function<void(const Message&)>;

  /// Shakes hands at once; `ext` is what the client presents of itself. The bus must outlive it.
  ///
  /// Errors: `connected()` is false and `error()` says why when the handshake was refused.
  explicit Loopback(Bus& bus, Executor executor = {}, Json ext = {});

  /// Says goodbye.
  ~Loopback();
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  /// True from the handshake until the session is ended by either side.
  bool connected() const;

  /// The error of the last reply that failed, as `code:args:text`; empty when none did.
  std::string error() const;

  const std::string& client_id() const noexcept;

  /// Subscribes to a channel or pattern; `handler` gets every message that matches it. A second handler for the
  /// same name is added to the first. `done` gets the reply.
  void subscribe(std::string_view channel, Handler handler, Handler done = {});

  /// Takes all handlers of that name away and unsubscribes.
  void unsubscribe(std::string_view channel, Handler done = {});

  /// Publishes; `done` gets the acknowledgement, which is never lost but may say `successful: false`.
  void publish(std::string_view channel, Json data, Handler done = {});

  /// Gets every message that comes in on a channel without a handler of its own, such as answers on service
  /// channels.
  void on_message(Handler handler);

  /// Called once when the server ends the session.
  void on_disconnect(std::function<void()> handler);

  void disconnect();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
