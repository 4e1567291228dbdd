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
/// Handlers run one at a time, in the order of the messages, never from within a call of theirs into a client, and on
/// the thread that `Executor` picks. By default that is the thread which caused the message, or one that is calling
/// handlers of this client already; so do not publish while holding a lock that a handler wants. Under a steady stream
/// of messages threads take turns at it. Messages wait in the client's queue on the bus, within its limits, until
/// their handlers can run. A handler that throws is over; that is logged and counted
/// (Stats::callback_failures), and nothing else comes of it.
///
/// While a policy takes its time to answer a request, those that follow wait behind it in their order, as many as
/// Config::max_batch; more are answered `413::messages_too_many`.
///
/// Threads: any, at once. Destroying waits for a handler that runs on another thread; neither a handler nor a callback
/// of the bus that a call of this client runs (a policy, an extension, a listener) may destroy it. What was not
/// answered or handled by then never is.
class Loopback final {
 public:
  /// Runs a task, soon and once: `[&](auto task) { asio::post(io, std::move(task)); }`.
  ///
  /// Threads: called from any thread that uses the bus, several at once. It should only hand over. A task that is run
  /// after the client has gone does nothing.
  using Executor = std::function<void(std::function<void()>)>;
  using Handler = std::function<void(const Message&)>;

  /// Shakes hands at once; `ext` is what the client presents of itself. The bus must outlive it.
  ///
  /// Errors: `connected()` is false and `error()` says why when the handshake was refused. While a policy takes its
  /// time over it `connected()` is false too, and `error()` empty.
  explicit Loopback(Bus& bus, Executor executor = {}, Json ext = {});

  /// Says goodbye.
  ~Loopback();
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  /// True from the handshake until the session is ended by either side.
  bool connected() const;

  /// The error of the last reply that failed, as `code:args:text`; empty when none did.
  std::string error() const;

  /// Empty before the handshake has succeeded.
  std::string client_id() const;

  /// Subscribes to a channel or pattern; `handler` gets every message that matches it. A second handler for the
  /// same name is added to the first. `done` gets the reply; where it says no, `handler` is taken away again.
  void subscribe(std::string_view channel, Handler handler, Handler done = {});

  /// Takes all handlers of that name away and unsubscribes.
  void unsubscribe(std::string_view channel, Handler done = {});

  /// Publishes; `done` gets the acknowledgement, which is never lost but may say `successful: false`. A `/meta/`
  /// channel is refused (`405::channel_invalid`).
  void publish(std::string_view channel, Json data, Handler done = {});

  /// Gets every message that comes in on a channel without a handler of its own, such as answers on service
  /// channels.
  void on_message(Handler handler);

  /// Called once when the server ends the session, or at once when it has already.
  void on_disconnect(std::function<void()> handler);

  /// Says goodbye; more than once is nothing. Requests that follow are answered `402::session_unknown`.
  void disconnect();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
