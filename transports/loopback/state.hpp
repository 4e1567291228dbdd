#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>
#include <bayeux/transport.hpp>
#include <bayeux/transports/loopback.hpp>

#include "handler_table.hpp"

namespace bayeux {

/// The client behind a Loopback.
///
/// Two things are done by one thread at a time, each guarded by a flag: using the link (`pump`) and calling handlers
/// (`dispatch`). Whoever finds a flag set leaves the work to its owner, who looks again before giving it up. The
/// mutex only guards the queues: it is never held while the bus, the executor or a handler is called, so there is
/// nothing to deadlock with.
class Loopback::State final : public std::enable_shared_from_this<Loopback::State> {
 public:
  /// What is to happen with the reply to a request.
  struct Pending {
    Handler done;
    std::string subscription;  ///< The name under which `added` stands.
    loopback::Handler added;   ///< Taken away again when the subscription is refused.
  };

  explicit State(Executor executor) : executor_(std::move(executor)) {}

  void open(Bus& bus, Json ext);
  void close();

  bool connected() const;
  std::string error() const;
  const std::string& client_id() const noexcept { return client_id_; }

  void send(Message message, Pending pending);
  void subscribe(std::string_view channel, Handler handler, Handler done);
  void publish(std::string_view channel, Json data, Handler done);
  void unsubscribe(std::string_view channel, Handler done);
  void set_message_handler(Handler handler);
  void set_farewell_handler(std::function<void()> handler);
  void disconnect();

  /// The bus has something for the link to take. Called from any thread.
  void wake();

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Outgoing {
    std::string id;
    std::string channel;
    std::string text;
  };

  /// An event, a reply or, without a channel, the news that the server ended the session.
  struct Delivery {
    Message message;
    Pending pending;
    bool reply = false;
  };

  /// Whether another thread goes on calling handlers in place of one that has done its share. Else that one would
  /// never get home while the others keep publishing.
  enum class Relief : std::uint8_t { none, offered, accepted };

  void queue(Message message, Pending pending);
  void queue_connect();

  void pump();
  bool use_link(Lock& lock);
  void receive(Lock& lock);
  void take(Lock& lock);
  void arrive(Message message);
  void arrive_reply(Message message, Pending pending);
  void connect_answered(const Message& message);
  void session_ended();

  void schedule(Lock& lock);
  void relieve(Lock& lock);
  void run();
  void dispatch();
  void deliver(Delivery delivery);
  void deliver_reply(Delivery& delivery);
  void deliver_event(const Message& message);
  void say_farewell();

  const Executor executor_;
  std::unique_ptr<Link> link_;
  std::string client_id_;

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  bool pumping_ = false;
  bool dispatching_ = false;
  bool scheduled_ = false;
  bool woken_ = false;
  bool closing_ = false;
  bool tired_ = false;
  Relief relief_ = Relief::none;
  int in_executor_ = 0;

  bool connected_ = false;
  bool leaving_ = false;
  bool ended_ = false;
  bool told_ = false;
  bool connecting_ = false;
  bool fresh_connect_ = false;
  int answered_at_once_ = 0;

  std::string error_;
  std::uint64_t last_id_ = 0;
  std::deque<Outgoing> outbox_;
  std::deque<Delivery> inbox_;
  std::map<std::string, Pending, std::less<>> pending_;
  loopback::HandlerTable handlers_;
  loopback::Handler on_message_;
  std::function<void()> on_disconnect_;
};

}  // namespace bayeux
