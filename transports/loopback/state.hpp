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
namespace loopback {

/// The answer to what is asked while too much waits for a policy already.
inline constexpr std::string_view too_many = "413::messages_too_many";

}  // namespace loopback

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
  std::string client_id() const;

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
  void refuse(Message message, Pending pending, std::string_view error);

  void pump();
  bool use_link(Lock& lock);
  void receive(Lock& lock);
  void take(Lock& lock);
  void let_go(Lock& lock, std::vector<Pending> settled);
  void arrive(Message message, std::vector<Pending>& settled);
  void arrive_reply(Message message, Pending& pending);
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
  Bus* bus_ = nullptr;
  std::unique_ptr<Link> link_;

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

  std::string client_id_;
  bool shaking_hands_ = false;  ///< The answer may come later; until then nobody knows in whose name to ask.
  bool connected_ = false;
  bool leaving_ = false;
  bool ended_ = false;
  bool told_ = false;
  bool connecting_ = false;
  bool fresh_connect_ = false;
  int answered_at_once_ = 0;

  std::string error_;
  std::uint64_t last_id_ = 0;
  std::deque<Message> outbox_;
  std::deque<Delivery> inbox_;
  std::map<std::string, Pending, std::less<>> pending_;
  loopback::HandlerTable handlers_;
  loopback::Handler on_message_;
  std::function<void()> on_disconnect_;
};

}  // namespace bayeux
