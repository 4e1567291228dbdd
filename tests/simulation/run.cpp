#include "run.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "client.hpp"
#include "steps.hpp"
#include "world.hpp"

namespace bayeux::simulation {
namespace {

/// After which all that was under way has come to an end, whatever it was: connects that are held, clients that come
/// back, sessions of those that do not.
constexpr Moment all_over = 10'000;

/// Within which what is published has reached everybody, where nothing goes wrong.
constexpr Moment soon = 2'000;

constexpr Moment deadline = 8'000;

/// How often something is published meanwhile.
constexpr Moment pause = 200;

class Run final {
 public:
  Run(const Plan& plan, bool traces) : plan_(plan), world_(plan, traces) {
    for (std::size_t i = 0; i < world_.setup().clients.size(); ++i) {
      clients_.push_back(std::make_unique<Client>(world_, static_cast<int>(i)));
    }
  }

  Result result() {
    const auto last = arrive();
    world_.run_until(last);
    become_calm();
    check_calm();
    if (world_.setup().drains) {
      drain();
    } else {
      for (const auto& client : clients_) client->leave();
    }
    world_.run_until(world_.now() + all_over);
    check_end();
    auto& counts = world_.counts();
    const auto stats = world_.bus().stats();
    counts[Count::dropped] = stats.dropped;
    counts[Count::drained] = stats.drained;
    return {world_.failure(), world_.hash(), counts};
  }

 private:
  Moment arrive() {
    for (auto& client : clients_) {
      auto random = world_.network();
      client->subscribe(bit(random.between(0, 9)) | bit(random.between(0, 9)));
      world_.after(random.between(0, 400), [who = client.get()] { who->start(); });
    }
    return schedule_steps(world_, clients_, plan_);
  }

  /// Nothing goes wrong any more: all come back, and hear what is published then.
  void become_calm() {
    world_.set_calm(true);
    world_.run_until(world_.now() + all_over);
    for (int channel = 0; channel < channels; ++channel) {
      calm_numbers_.push_back(world_.next_number());
      world_.publish(channel, false);
      world_.run_until(world_.now() + 100);
    }
    world_.run_until(world_.now() + soon);
  }

  void check_calm() {
    if (world_.failure()) return;
    for (const auto& client : clients_) check_calm(*client);
    const auto stats = world_.bus().stats();
    if (stats.clients != clients_.size())
      world_.fail(Check::session_end, std::to_string(stats.clients) + " sessions, and fewer clients");
  }

  void check_calm(const Client& client) {
    const auto& id = client.session();
    if (!client.is_here() || id.empty() || world_.model().at(id).ended)
      return world_.fail(Check::stuck, "a client did not come back");
    const auto& session = world_.model().at(id);
    if (world_.bus().client(id).waiting().messages != 0) world_.fail(Check::stuck, "something still waits for " + id);
    // What is still in the queue of the model was taken by the limit of all queues.
    const auto& dropped = session.queue;
    if ((!world_.setup().only_all_together() || session.acknowledges) && !dropped.empty()) world_.fail(Check::lost, "something never came to " + id);
    for (const int number : session.due) {
      if (std::find(dropped.begin(), dropped.end(), number) != dropped.end()) continue;
      const bool calm = std::find(calm_numbers_.begin(), calm_numbers_.end(), number) != calm_numbers_.end();
      if ((session.acknowledges || calm) && !client.has_read(number))
        world_.fail(Check::lost, id + " has never read " + std::to_string(number));
    }
  }

  void drain() {
    for (const auto& client : clients_) client->go_elsewhere();
    world_.set_calm(false);
    world_.drain(deadline);
    for (Moment i = 0; i < deadline / pause; ++i) {
      world_.run_until(world_.now() + pause);
      world_.publish(static_cast<int>(i % channels), false);
    }
    world_.run_until(world_.now() + pause);
    if (!world_.failure() && !world_.is_drained()) world_.fail(Check::stuck, "not all were let go in time");
  }

  /// Nobody is here: nothing may be left.
  void check_end() {
    if (world_.failure()) return;
    const auto stats = world_.bus().stats();
    const auto none = [this](const char* what, std::size_t count) {
      if (count != 0) world_.fail(Check::clean_end, std::to_string(count) + ' ' + what + " are left");
    };
    none("sessions", stats.clients);
    none("connects", stats.held);
    none("subscriptions", stats.subscriptions);
    none("messages", stats.queued_messages);
    none("bytes", stats.queued_bytes);
    none("channels", stats.channels);
  }

  const Plan& plan_;
  World world_;
  Clients clients_;
  std::vector<int> calm_numbers_;
};

}  // namespace

Result run(const Plan& plan, bool traces) {
  return Run(plan, traces).result();
}

}  // namespace bayeux::simulation
