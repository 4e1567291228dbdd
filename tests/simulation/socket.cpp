#include "socket.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::simulation {
namespace {

/// After how long without an answer to its pings a server closes a connection.
constexpr Moment ping_timeout = 3'000;

constexpr Moment grace = 500;

}  // namespace

Socket::Socket(World& world, const Nature& nature, Outcome outcome)
    : world_(world), nature_(nature), outcome_(std::move(outcome)), random_(world.network()) {}

Socket::~Socket() {
  if (bell_ != nullptr) bell_->silence();
}

void Socket::begin() {
  bell_ = world_.bell([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pump();
  });
  LinkOptions options{listens_ ? "eventsource" : "websocket", true, false, std::nullopt, false};
  link_ = world_.bus().open_link(std::move(options), bell_);
}

void Socket::open() {
  begin();
}

void Socket::listen(const std::string& session) {
  session_ = session;
  listens_ = true;
  begin();
  world_.hear_of(session_, world_.now());
  world_.keep_open(session_, 1);
  // When there is no such session any more, what is taken says so.
  if (!link_->listen(session)) world_.trace([&] { return session + " listens"; });
  pump();
}

void Socket::send(Sending sending) {
  up_ = std::max(up_, world_.now() + random_.between(1, nature_.delay));
  world_.after(up_ - world_.now(), [self = shared_from_this(), sending = std::move(sending)] { self->arrive(sending); });
}

void Socket::serve(const std::string& session) {
  if (session == session_) return;
  world_.keep_open(session_, -1);
  session_ = session;
  world_.keep_open(session_, 1);
}

void Socket::arrive(const Sending& sending) {
  if (link_ == nullptr || broken_) return;
  // With a handshake it is still that of before, until the reply says otherwise.
  if (!sending.session.empty()) {
    serve(sending.session);
  } else if (!session_.empty()) {
    world_.hear_end(session_, *link_);
  }
  for (const auto& asked : sending.asked) expect(asked);
  if (const auto error = world_.receive(*link_, sending))
    return world_.fail(Check::answers, "a request was refused: " + error.message());
  expect_answers(sending);
  pump();
}

/// A connect that is held is forgotten when a newer one comes, on a lasting connection without a word.
void Socket::expect(const Asked& asked) {
  if (asked.verb == Verb::connect) {
    for (auto& [id, older] : asked_) older.may_be_dropped = older.may_be_dropped || older.asked.verb == Verb::connect;
  }
  asked_.emplace(asked.id, Expected{asked});
}

void Socket::expect_answers(const Sending& sending) {
  look_later(world_.setup().config.timeout.count(), sending, 2);
}

/// Looks more than once: the clock may have jumped, and what is to happen before may be about to.
void Socket::look_later(Moment delay, const Sending& sending, int more) {
  world_.after(delay, [weak = weak_from_this(), sending, more] {
    if (const auto self = weak.lock()) self->check_answers(sending, more);
  });
}

void Socket::check_answers(const Sending& sending, int more) {
  if (link_ == nullptr) return;
  const Moment stalled = stalled_until_ - world_.now();
  if (stalled > 0 || more > 0) return look_later(std::max<Moment>(stalled, 0) + grace, sending, stalled > 0 ? 2 : more - 1);
  for (const auto& asked : sending.asked) {
    const auto expected = asked_.find(asked.id);
    if (expected != asked_.end() && !expected->second.may_be_dropped)
      world_.fail(Check::stuck, "not answered: " + asked.text);
  }
}

void Socket::pump() {
  if (link_ == nullptr || world_.now() < stalled_until_) return;
  if (link_->ready()) {
    auto session = session_;
    auto packet = world_.take(*link_, session, nature_.take);
    check(packet, session != session_);
    serve(session);
    if (!packet.empty()) pass_on(std::move(packet));
  }
  if (link_->finished()) {
    close();
    return tell_closed();
  }
  // The rest goes when the connection has taken this.
  if (link_->more() && !std::exchange(pumps_later_, true)) {
    world_.after(random_.between(0, 5), [self = shared_from_this()] {
      self->pumps_later_ = false;
      self->pump();
    });
  }
}

/// What comes before a handshake is for whoever was here before.
void Socket::check(const Packet& packet, bool is_new) {
  for (const auto& item : packet) {
    if (!item.is_event()) {
      check_reply(item);
    } else if (const int channel = world_.channel_of(item.number); !listens_ && !broken_ && !is_new && channel >= 0) {
      if (!world_.is_invited(session_, channel))
        world_.fail(Check::uninvited, std::to_string(item.number) + " came before the reply to its subscription");
    }
  }
}

void Socket::check_reply(const Item& item) {
  if (item.is_farewell()) return;
  // A stream says only why it ends.
  if (listens_) {
    if (item.channel != "/meta/connect") world_.fail(Check::answers, "a reply on a stream");
    return;
  }
  const auto asked = asked_.find(item.id);
  if (asked == asked_.end()) return world_.fail(Check::answers, "nobody asked, or was answered before: " + item.id);
  if (item.successful && item.channel == "/meta/subscribe") world_.invite(session_, asked->second.asked.names);
  asked_.erase(asked);
}

void Socket::pass_on(Packet packet) {
  down_ = std::max(down_, world_.now() + random_.between(1, nature_.delay));
  world_.after(down_ - world_.now(), [self = shared_from_this(), packet = std::move(packet)] {
    if (self->broken_) {
      self->world_.counts()[Count::lost_messages] += packet.size();
    } else {
      self->outcome_.received(packet);
    }
  });
}

/// Whoever goes on elsewhere will never hear them.
void Socket::give_up_answers() {
  for (const auto& [id, expected] : asked_) world_.invite(session_, expected.asked.names);
}

void Socket::close() {
  if (link_ == nullptr) return;
  give_up_answers();
  world_.hear_end(session_, *link_);
  world_.keep_open(session_, -1);
  link_.reset();
}

/// Behind all that is under way.
void Socket::tell_closed() {
  down_ = std::max(down_, world_.now() + random_.between(1, nature_.delay));
  world_.after(down_ - world_.now(), [self = shared_from_this()] {
    if (!std::exchange(self->broken_, true)) self->outcome_.closed();
  });
}

void Socket::hang_up() {
  broken_ = true;
  heard_ = false;
  give_up_answers();
  world_.after(random_.between(1, nature_.delay), [self = shared_from_this()] { self->close(); });
}

void Socket::cut() {
  if (std::exchange(broken_, true)) return;
  ++world_.counts()[Count::cut_sockets];
  give_up_answers();
  world_.trace([&] { return "the connection of " + session_ + " breaks"; });
  world_.after(random_.between(0, 60), [self = shared_from_this()] { self->close(); });
  world_.after(random_.between(1, 200), [self = shared_from_this()] {
    if (self->heard_) self->outcome_.closed();
  });
}

void Socket::stall(Moment span) {
  ++world_.counts()[Count::stalls];
  stalled_until_ = std::max(stalled_until_, world_.now() + span);
  world_.after(stalled_until_ - world_.now(), [self = shared_from_this()] { self->pump(); });
}

void Socket::vanish() {
  broken_ = true;
  heard_ = false;
  give_up_answers();
  world_.after(ping_timeout, [self = shared_from_this()] { self->close(); });
}

}  // namespace bayeux::simulation
