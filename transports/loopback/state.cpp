#include "state.hpp"

#include <utility>

#include <bayeux/channel_id.hpp>

#include "run_here.hpp"

namespace bayeux {
namespace {

/// The bus keeps the carrier for as long as a wake is under way, which may be longer than the client lives.
class LoopbackCarrier final : public Carrier {
 public:
  explicit LoopbackCarrier(std::function<void()> wake) : wake_(std::move(wake)) {}
  void wake() noexcept override { wake_(); }

 private:
  const std::function<void()> wake_;
};

Message request(std::string_view channel) {
  Message message;
  message.channel = std::string(channel);
  return message;
}

LinkOptions link_options() {
  LinkOptions options;
  options.in_process = true;
  options.connection_type = "in-process";
  options.duplex = true;
  return options;
}

/// Ends a session whose own link is still waiting for a policy to answer something else.
void say_goodbye(Bus& bus, const std::string& client_id) {
  const auto link = bus.open_link(link_options(), std::make_shared<LoopbackCarrier>([] {}));
  auto message = request("/meta/disconnect");
  message.client_id = client_id;
  link->receive(message.text());
}

}  // namespace

void Loopback::State::open(Bus& bus, Json ext) {
  bus_ = &bus;
  // A strict bus shakes hands only over what it offers.
  if (bus.config().strict_handshake) bus.add_connection_type("in-process");
  auto carrier = std::make_shared<LoopbackCarrier>([weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->wake();
  });
  link_ = bus.open_link(link_options(), std::move(carrier));

  auto message = request("/meta/handshake");
  message.ext = std::move(ext);
  message.members = Json::object({{"version", "1.0"}, {"supportedConnectionTypes", Json::array({"in-process"})}});
  send(std::move(message), {});
}

void Loopback::State::close() {
  disconnect();
  std::unique_ptr<Link> link;
  loopback::HandlerTable handlers;
  loopback::Handler on_message;
  std::function<void()> on_disconnect;
  std::map<std::string, Pending, std::less<>> pending;
  std::deque<Delivery> inbox;
  bool unheard = false;
  {
    Lock lock(mutex_);
    closing_ = true;
    idle_.wait(lock, [this] { return !pumping_ && !dispatching_ && in_executor_ == 0; });
    unheard = std::exchange(connected_, false);
    link = std::move(link_);
    // What handlers own goes with the client, not with the last task that an executor still has for it.
    std::swap(handlers, handlers_);
    std::swap(on_message, on_message_);
    std::swap(on_disconnect, on_disconnect_);
    std::swap(pending, pending_);
    std::swap(inbox, inbox_);
  }
  link.reset();
  if (unheard) say_goodbye(*bus_, client_id_);
}

std::string Loopback::State::client_id() const {
  const Lock lock(mutex_);
  return client_id_;
}

bool Loopback::State::connected() const {
  const Lock lock(mutex_);
  return connected_;
}

std::string Loopback::State::error() const {
  const Lock lock(mutex_);
  return error_;
}

void Loopback::State::send(Message message, Pending pending) {
  {
    Lock lock(mutex_);
    if (shaking_hands_ && outbox_.size() >= bus_->config().max_batch) {
      lock.unlock();
      return refuse(std::move(message), std::move(pending), loopback::too_many);
    }
    queue(std::move(message), std::move(pending));
    if (connected_ && !leaving_ && !connecting_) queue_connect();
  }
  pump();
}

void Loopback::State::subscribe(std::string_view channel, Handler handler, Handler done) {
  auto shared = std::make_shared<const Handler>(std::move(handler));
  {
    const Lock lock(mutex_);
    handlers_.add(channel, shared);
  }
  auto message = request("/meta/subscribe");
  message.subscription = channel;
  send(std::move(message), {std::move(done), std::string(channel), std::move(shared)});
}

void Loopback::State::publish(std::string_view channel, Json data, Handler done) {
  auto message = request(channel);
  message.data = Payload(std::move(data));
  const auto id = ChannelId::parse(channel);
  if (!id || !id->is_meta()) return send(std::move(message), {std::move(done), {}, {}});

  // The protocol itself is this class's own business.
  refuse(std::move(message), {std::move(done), {}, {}}, "405::channel_invalid");
}

void Loopback::State::refuse(Message message, Pending pending, std::string_view error) {
  message.data = {};
  message.successful = false;
  message.error = error;
  Lock lock(mutex_);
  error_ = message.error;
  inbox_.push_back({std::move(message), std::move(pending), true});
  schedule(lock);
}

void Loopback::State::unsubscribe(std::string_view channel, Handler done) {
  std::vector<loopback::Handler> removed;
  {
    const Lock lock(mutex_);
    removed = handlers_.remove(channel);
  }
  auto message = request("/meta/unsubscribe");
  message.subscription = channel;
  send(std::move(message), {std::move(done), {}, {}});
}

void Loopback::State::set_message_handler(Handler handler) {
  auto shared = handler ? std::make_shared<const Handler>(std::move(handler)) : nullptr;
  const Lock lock(mutex_);
  std::swap(on_message_, shared);
}

void Loopback::State::set_farewell_handler(std::function<void()> handler) {
  Lock lock(mutex_);
  std::swap(on_disconnect_, handler);
  // It may have been too late for the news.
  if (!ended_ || told_) return;
  inbox_.push_back({});
  schedule(lock);
}

void Loopback::State::disconnect() {
  {
    const Lock lock(mutex_);
    if (!(connected_ || shaking_hands_) || std::exchange(leaving_, true)) return;
  }
  send(request("/meta/disconnect"), {});
}

void Loopback::State::queue(Message message, Pending pending) {
  auto id = std::to_string(++last_id_);
  message.id = id;
  pending_.emplace(std::move(id), std::move(pending));
  outbox_.push_back(std::move(message));
}

void Loopback::State::queue_connect() {
  connecting_ = true;
  auto message = request("/meta/connect");
  message.members = Json::object({{"connectionType", "in-process"}});
  queue(std::move(message), {});
}

}  // namespace bayeux
