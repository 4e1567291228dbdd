#include "client.hpp"

#include <algorithm>
#include <utility>

#include "exchange.hpp"

namespace bayeux::simulation {
namespace {

/// After how long a client opens a stream again that was cut.
constexpr Moment stream_retry = 200;

std::string subscription(NameSet some) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((some & bit(static_cast<int>(i))) == 0) continue;
    text.append(text.empty() ? "\"" : ",\"").append(names[i]).append("\"");
  }
  return R"("subscription":[)" + text + ']';
}

}  // namespace

Client::Client(World& world, int number)
    : world_(world),
      nature_(world.setup().clients[static_cast<std::size_t>(number)]),
      random_(world.network()),
      prefix_('c' + std::to_string(number) + 'n') {}

void Client::later(Moment delay, std::function<void()> what) {
  world_.after(delay, [this, life = life_, what = std::move(what)] {
    if (life == life_ && here_) what();
  });
}

// What it sends.

Sending Client::sending(std::vector<Asked> asked) const {
  return {session_, nature_.acknowledges, std::move(asked)};
}

Asked Client::ask(Verb verb, std::string_view channel, const std::string& more) {
  Asked asked{verb, prefix_ + std::to_string(++messages_), {}};
  asked.text = message_text(channel, asked.id, session_, more);
  return asked;
}

void Client::send(std::vector<Asked> asked, std::function<void()> failed) {
  if (nature_.kind == Kind::socket) {
    if (socket_ == nullptr) open_socket();
    return socket_->send(sending(std::move(asked)));
  }
  const auto while_it_lives = [this, life = life_](auto what) {
    return [this, life, what = std::move(what)](const auto&... packet) {
      if (life == life_ && here_) what(packet...);
    };
  };
  exchange(world_, nature_, sending(std::move(asked)),
           {while_it_lives([this](const Packet& packet) { receive(packet); }), while_it_lives([failed] {
              if (failed) failed();
            })});
}

void Client::start() {
  here_ = true;
  ++life_;
  session_.clear();
  read_.clear();
  batch_ = 0;
  interval_ = 0;
  shake_hands();
}

void Client::shake_hands() {
  std::string more = R"("version":"1.0","supportedConnectionTypes":["long-polling","websocket","eventsource"])";
  if (nature_.acknowledges) more += R"(,"ext":{"ack":true})";
  auto asked = ask(Verb::handshake, "/meta/handshake", more);
  last_handshake_ = asked.id;
  send({std::move(asked)}, [this] { begin_anew(random_.between(10, 100)); });
}

void Client::connect() {
  if (session_.empty()) return;
  const bool streams = stream_ != nullptr && stream_->is_open();
  const std::string_view type = streams ? "eventsource" : nature_.kind == Kind::socket ? "websocket" : "long-polling";
  std::string more = R"("connectionType":")" + std::string(type) + '"';
  if (nature_.acknowledges) more += R"(,"ext":{"ack":)" + std::to_string(batch_) + '}';
  auto asked = ask(Verb::connect, "/meta/connect", more);
  asked.acknowledged = batch_;
  last_connect_ = asked.id;
  ++world_.counts()[Count::connects];
  send({std::move(asked)}, [this, id = last_connect_] {
    if (id == last_connect_) connect_in(random_.between(10, 200));
  });
}

void Client::connect_in(Moment delay) {
  later(delay, [this, id = last_connect_] {
    if (id == last_connect_) connect();
  });
}

void Client::publish(const std::vector<int>& where) {
  if (session_.empty()) return;
  std::vector<Asked> all;
  for (const int channel : where) {
    const int number = world_.new_number(channel);
    auto asked = ask(Verb::publish, names[static_cast<std::size_t>(channel)], "\"data\":" + data_text(number));
    asked.channel = channel;
    asked.number = number;
    all.push_back(std::move(asked));
  }
  send(std::move(all));
}

void Client::subscribe(NameSet some) {
  wanted_ |= some;
  if (session_.empty() || some == 0) return;
  ++world_.counts()[Count::subscribes];
  auto asked = ask(Verb::subscribe, "/meta/subscribe", subscription(some));
  asked.names = some;
  send({std::move(asked)}, [this, some] { subscribe(some & wanted_); });
}

void Client::unsubscribe(NameSet some) {
  wanted_ &= ~some;
  if (session_.empty() || some == 0) return;
  ++world_.counts()[Count::unsubscribes];
  auto asked = ask(Verb::unsubscribe, "/meta/unsubscribe", subscription(some));
  asked.names = some;
  send({std::move(asked)});
}

void Client::connect_again() {
  ++world_.counts()[Count::impatient];
  connect();
}

// How it goes and comes.

void Client::drop_connections() {
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->vanish();
  if (stream_ != nullptr) std::exchange(stream_, nullptr)->vanish();
}

void Client::vanish(Moment away) {
  ++world_.counts()[Count::vanished];
  ++life_;
  here_ = false;
  drop_connections();
  world_.after(away, [this, life = life_] {
    if (life != life_) return;
    if (session_.empty()) return start();
    here_ = true;
    connect();
  });
}

void Client::say_goodbye(Moment away) {
  ++world_.counts()[Count::goodbyes];
  if (!session_.empty()) send({ask(Verb::disconnect, "/meta/disconnect", {})});
  begin_anew(away);
}

void Client::leave() {
  ++life_;
  here_ = false;
  drop_connections();
}

void Client::begin_anew(Moment delay) {
  ++life_;
  session_.clear();
  if (stream_ != nullptr) std::exchange(stream_, nullptr)->hang_up();
  if (goes_elsewhere_) return leave();
  later(std::max<Moment>(delay, 1), [this] { start(); });
}

void Client::cut() {
  if (socket_ != nullptr) socket_->cut();
  if (stream_ != nullptr) stream_->cut();
}

void Client::stall(Moment span) {
  if (socket_ != nullptr) socket_->stall(span);
  if (stream_ != nullptr) stream_->stall(span);
}

void Client::open_socket() {
  socket_ = std::make_shared<Socket>(
      world_, nature_,
      Socket::Outcome{[this](const Packet& packet) { receive(packet); },
                      [this] {
                        socket_.reset();
                        if (!here_) return;
                        if (session_.empty()) return begin_anew(random_.between(10, 200));
                        connect_in(random_.between(10, 200));
                      }});
  socket_->open();
}

void Client::open_stream() {
  if (nature_.kind != Kind::stream || stream_ != nullptr) return;
  stream_ = std::make_shared<Socket>(world_, nature_,
                                     Socket::Outcome{[this](const Packet& packet) { receive(packet); },
                                                     [this] {
                                                       stream_.reset();
                                                       later(stream_retry, [this] { open_stream(); });
                                                     }});
  stream_->listen(session_);
}

// What it hears.

void Client::receive(const Packet& packet) {
  const int life = life_;
  for (const auto& item : packet) {
    if (life != life_ || !here_) return;
    if (item.is_event() && !session_.empty()) read(item);
    if (item.channel == "/meta/handshake") hear_handshake(item);
    if (item.channel == "/meta/connect") hear_connect(item);
  }
}

void Client::read(const Item& item) {
  if (world_.steals(nature_.acknowledges)) return;
  ++world_.counts()[Count::read];
  int& times = read_[item.number];
  if (++times > 1) ++world_.counts()[Count::repeated];
  const auto& may = world_.model().at(session_).may_be_read;
  const auto found = may.find(item.number);
  if (found == may.end() || times > found->second)
    world_.fail(Check::twice, session_ + " has read " + std::to_string(item.number) + " once too often");
}

void Client::hear_handshake(const Item& item) {
  if (item.id != last_handshake_) return;
  if (!item.successful) return begin_anew(std::max<Moment>(item.interval, 50));
  session_ = item.client_id;
  connect();
  subscribe(wanted_);
}

void Client::hear_connect(const Item& item) {
  if (item.reconnect == "handshake") return begin_anew(item.interval);
  if (item.reconnect == "none") {
    ++world_.counts()[Count::kicked];
    return begin_anew(random_.between(100, 2'000));
  }
  if (!item.successful) return begin_anew(random_.between(10, 100));
  if (!item.reconnect.empty()) interval_ = item.interval;
  batch_ = std::max(batch_, item.batch);
  if (item.id != last_connect_) return;
  open_stream();
  connect_in(interval_);
}

}  // namespace bayeux::simulation
