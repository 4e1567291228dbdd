#include "steps.hpp"

#include <utility>

namespace bayeux::simulation {
namespace {

/// A few of the names, seldom many.
NameSet some_names(Random& random) {
  NameSet some = bit(random.between(0, static_cast<int>(names.size()) - 1));
  while (random.chance(40)) some |= bit(random.between(0, static_cast<int>(names.size()) - 1));
  return some;
}

int some_channel(Random& random) {
  return random.between(0, channels - 1);
}

/// What one step is: what the client or the application does, or what happens to them.
class Step final {
 public:
  Step(World& world, Client& client, Random random) : world_(world), client_(client), random_(random) {}

  void happen() {
    const int what = random_.between(0, 99);
    if (what < 28) return publish();
    if (what < 42) return client_.subscribe(some_names(random_));
    if (what < 50) return client_.unsubscribe(some_names(random_));
    if (what < 66) return be_application();
    if (what < 80) return befall();
    go();
  }

 private:
  void publish() {
    std::vector<int> all{some_channel(random_)};
    while (random_.chance(35)) all.push_back(some_channel(random_));
    client_.publish(all);
  }

  void be_application() {
    const int what = random_.between(0, 15);
    const int channel = some_channel(random_);
    const bool lazy = random_.chance(30);
    if (what < 8) {
      world_.publish(channel, lazy);
    } else if (what < 12) {
      world_.deliver(client_.session(), channel);
    } else {
      hold_back();
    }
  }

  void hold_back() {
    const Moment span = random_.between(5, 400);
    const bool all = random_.chance(50);
    if (!world_.strikes(Fault::batch, random_, 100) || client_.session().empty()) return;
    ++world_.counts()[Count::batches];
    auto& bus = world_.bus();
    auto batch = std::make_shared<Batch>(all ? bus.batch() : bus.client(client_.session()).batch());
    world_.after(span, [batch] { batch->end(); });
    // So that there is something to hold back.
    for (int i = random_.between(1, 3); i > 0; --i) world_.publish(some_channel(random_), false);
  }

  void befall() {
    const int what = random_.between(0, 13);
    const Moment span = random_.between(20, 2'000);
    if (what < 6) {
      if (world_.strikes(Fault::cut_socket, random_, 100)) client_.cut();
    } else if (what < 11) {
      if (world_.strikes(Fault::stall, random_, 100)) client_.stall(span);
    } else if (what < 12) {
      if (world_.strikes(Fault::jump, random_, 100)) world_.jump(span * 2);
    } else if (world_.strikes(Fault::impatience, random_, 100) && client_.is_here()) {
      client_.connect_again();
    }
  }

  void go() {
    const int what = random_.between(0, 19);
    const Moment away = random_.between(50, 3'000);
    if (!client_.is_here()) return;
    if (what < 8) {
      if (world_.strikes(Fault::vanish, random_, 100)) client_.vanish(away);
    } else if (what < 12) {
      if (world_.strikes(Fault::goodbye, random_, 100)) client_.say_goodbye(away);
    } else if (what < 15) {
      if (world_.strikes(Fault::kick, random_, 100)) world_.bus().client(client_.session()).disconnect();
    } else {
      world_.publish(some_channel(random_), false);
    }
  }

  World& world_;
  Client& client_;
  Random random_;
};

}  // namespace

Moment schedule_steps(World& world, Clients& clients, const Plan& plan) {
  Moment when = 200;
  for (int i = 0; i < plan.steps; ++i) {
    Random random(plan.seed, of_step, static_cast<std::uint64_t>(i));
    when += random.chance(30) ? random.between(0, 5) : random.between(0, 250);
    const int who = random.between(0, 1'000);
    if (!plan.takes(i)) continue;
    auto& client = *clients[static_cast<std::size_t>(who) % clients.size()];
    auto step = std::make_shared<Step>(world, client, random);
    world.after(when - world.now(), [step] { step->happen(); });
  }
  return when;
}

}  // namespace bayeux::simulation
