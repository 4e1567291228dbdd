#include "exchange.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace bayeux::simulation {
namespace {

/// How long after its time a response may come, and how long a client waits for one that it thinks will come.
constexpr Moment grace = 500;

/// What the client knows of its request, of which there may be two copies.
struct Call {
  World& world;
  Nature nature;
  Sending sending;
  Outcome outcome;
  int copies = 0;
  bool over = false;

  void answer(const Packet& packet) {
    if (std::exchange(over, true)) {
      world.counts()[Count::lost_messages] += packet.size();
    } else {
      outcome.answered(packet);
    }
  }

  void fail() {
    if (!std::exchange(over, true)) outcome.failed();
  }
};

/// The client finds out that nothing will come: mostly because the connection broke, sometimes by its own clock.
void lose(const std::shared_ptr<Call>& call, Random& random) {
  const auto patience = call->world.setup().config.timeout.count() + 2 * grace;
  const Moment soon = random.between(1, 60);
  call->world.after(random.chance(80) ? soon : patience, [call] {
    if (--call->copies <= 0) call->fail();
  });
}

/// One copy of a request, at the server.
class Copy final : public std::enable_shared_from_this<Copy> {
 public:
  Copy(std::shared_ptr<Call> call, Random random)
      : call_(std::move(call)), world_(call_->world), session_(call_->sending.session), random_(random) {}

  ~Copy() {
    if (bell_ != nullptr) bell_->silence();
  }

  void arrive() {
    bell_ = world_.bell([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->pump();
    });
    LinkOptions options{"long-polling", false, call_->nature.connects_only, std::nullopt, false};
    link_ = world_.bus().open_link(std::move(options), bell_);
    if (const auto error = world_.receive(*link_, call_->sending)) {
      world_.fail(Check::answers, "a request was refused: " + error.message());
      return;
    }
    world_.keep_open(call_->sending.session, 1);
    pump();
    if (link_ != nullptr) wait();
  }

 private:
  void wait() {
    const Moment when = random_.between(1, 3'000);
    if (world_.strikes(Fault::cut_held, random_, 6)) world_.after(when, [self = shared_from_this()] { self->cut(); });
    look();
    const auto longest = world_.setup().config.timeout.count() + grace;
    // In two steps, because the clock may have jumped.
    world_.after(longest - grace, [self = shared_from_this()] {
      self->world_.after(grace, [self] {
        if (self->link_ != nullptr) self->world_.fail(Check::stuck, "not answered: " + self->call_->sending.text());
      });
    });
  }

  /// Whoever has something to say must have rung.
  void look() {
    world_.after(300, [self = shared_from_this()] {
      if (self->link_ == nullptr) return;
      if (self->link_->ready() && !self->bell_->waits()) self->world_.fail(Check::stuck, "there is an answer, and nobody rang");
      self->look();
    });
  }

  void pump() {
    if (link_ == nullptr || !link_->ready()) return;
    const auto packet = world_.take(*link_, session_, call_->nature.take);
    const bool superseded = link_->superseded();
    check(packet, superseded);
    world_.hear_of(call_->sending.session, bell_->rung_at().value_or(world_.now()));
    hang_up();
    respond(packet, superseded);
  }

  /// A request whose place another one took is answered by nothing; any other one by just one reply to each message.
  void check(const Packet& packet, bool superseded) {
    std::vector<std::string> asked, answered;
    for (const auto& one : call_->sending.asked) asked.push_back(one.id);
    for (const auto& item : packet) {
      if (!item.is_event() && !item.is_farewell()) answered.push_back(item.id);
    }
    std::sort(asked.begin(), asked.end());
    std::sort(answered.begin(), answered.end());
    const bool right = superseded ? std::includes(asked.begin(), asked.end(), answered.begin(), answered.end())
                                  : asked == answered;
    if (!right) world_.fail(Check::answers, "not one reply to each: " + call_->sending.text());
  }

  void respond(const Packet& packet, bool superseded) {
    if (superseded) ++world_.counts()[Count::superseded];
    const Moment delay = random_.between(1, call_->nature.delay);
    if (world_.strikes(Fault::lost_response, random_, 5)) {
      ++world_.counts()[Count::lost_responses];
      world_.counts()[Count::lost_messages] += packet.size();
      lose(call_, random_);
      return;
    }
    world_.after(delay, [call = call_, packet, superseded] {
      --call->copies;
      if (!superseded) return call->answer(packet);
      if (call->copies <= 0) call->fail();
    });
  }

  void cut() {
    if (link_ == nullptr) return;
    ++world_.counts()[Count::cut_held];
    world_.trace([&] { return "cut while held: " + call_->sending.text(); });
    // Its answer may be there already, and have been for a while.
    if (bell_->waits()) world_.stop_hearing(call_->sending.session, *link_);
    world_.hear_end(call_->sending.session, *link_);
    hang_up();
    lose(call_, random_);
  }

  void hang_up() {
    world_.keep_open(call_->sending.session, -1);
    world_.stop_hearing(call_->sending.session, *link_);
    link_.reset();
  }

  const std::shared_ptr<Call> call_;
  World& world_;
  std::string session_;
  Random random_;
  std::shared_ptr<Bell> bell_;
  std::unique_ptr<Link> link_;
};

void post(const std::shared_ptr<Call>& call, Moment delay, Random random) {
  ++call->copies;
  auto copy = std::make_shared<Copy>(call, random);
  call->world.after(delay, [copy = std::move(copy)] { copy->arrive(); });
}

}  // namespace

void exchange(World& world, const Nature& nature, Sending sending, Outcome outcome) {
  auto random = world.network();
  const bool is_connect = sending.asked.size() == 1 && sending.asked.front().verb == Verb::connect;
  auto call = std::make_shared<Call>(Call{world, nature, std::move(sending), std::move(outcome)});
  const Moment delay = random.between(1, nature.delay);
  if (world.strikes(Fault::cut_before, random, 3)) {
    ++world.counts()[Count::cut_before];
    ++call->copies;
    lose(call, random);
    return;
  }
  post(call, delay, Random(random.next()));
  const Moment later = delay + random.between(0, 30);
  if (is_connect && world.strikes(Fault::duplicate, random, 3)) {
    ++world.counts()[Count::duplicates];
    post(call, later, Random(random.next()));
  }
}

}  // namespace bayeux::simulation
