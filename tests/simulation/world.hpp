#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "allowance.hpp"
#include "carrier.hpp"
#include "counts.hpp"
#include "failure.hpp"
#include "model.hpp"
#include "packet.hpp"
#include "plan.hpp"
#include "random.hpp"
#include "request.hpp"
#include "setup.hpp"
#include "support/manual_clock.hpp"
#include "timeline.hpp"

namespace bayeux::simulation {

/// A bus, a clock and what is going to happen, on one thread; and the model that watches all that goes in and out.
class World final {
 public:
  World(const Plan& plan, bool traces);

  const Setup& setup() const { return setup_; }
  Bus& bus() { return *bus_; }
  Model& model() { return model_; }
  Counts& counts() { return counts_; }
  const std::optional<Failure>& failure() const { return failure_; }

  /// Over all that was ever sent to a client, and when.
  std::uint64_t hash() const { return hash_; }

  // Time.

  Moment now() const { return now_; }
  void after(Moment delay, std::function<void()> what) { timeline_.at(now_ + delay, std::move(what)); }

  /// Lets happen what happens until then, or until something is broken.
  void run_until(Moment end);

  /// The clock goes on at once; nothing that was due meanwhile has happened.
  void jump(Moment span);

  // What goes wrong.

  /// Whether that goes wrong now. Draws a number in any case, so that the next one is the same.
  bool strikes(Fault fault, Random& random, int percent) const {
    return random.chance(percent) && plan_.has(fault) && !calm_;
  }

  /// Whether nothing goes wrong from now on.
  void set_calm(bool calm) { calm_ = calm; }

  /// Whether this event is the one that never reaches its client: see Plan::sabotage.
  bool steals(bool acknowledges) { return acknowledges && ++stealable_ == plan_.sabotage; }

  Random network() { return Random(plan_.seed, of_network, ++networks_); }
  void fail(Check check, std::string text);
  void trace(const std::function<std::string()>& text) const;

  // The bus, watched.

  std::shared_ptr<Bell> bell(std::function<void()> heard) { return std::make_shared<Bell>(rung_, now_, std::move(heard)); }
  std::error_code receive(Link& link, const Sending& sending);

  /// What there is for that session, which a handshake changes.
  Packet take(Link& link, std::string& session, std::size_t max_bytes);

  /// Was heard of at that moment, and no earlier.
  void hear_of(const std::string& session, Moment when);

  /// The link is closed. When the last message of the session came over it, that is a sign of life.
  void hear_end(const std::string& session, const Link& link);

  /// The link is closed after its answer.
  void stop_hearing(const std::string& session, const Link& link) {
    auto& last = contacts_[session].last;
    if (last == &link) last = nullptr;
  }

  /// The client knows of its subscriptions to these, or cannot know any more; and whether it does.
  void invite(const std::string& session, NameSet some) { contacts_[session].invited |= some; }
  bool is_invited(const std::string& session, int channel) { return (contacts_[session].invited & matching(channel)) != 0; }

  /// A link is kept open for that session, or no longer.
  void keep_open(const std::string& session, int change);

  // Publications.

  int new_number(int channel);

  /// The number of the next publication.
  int next_number() const { return static_cast<int>(channels_.size()); }
  int channel_of(int number) const { return channels_[static_cast<std::size_t>(number)]; }
  void publish(int channel, bool lazy);
  void deliver(const std::string& session, int channel);

  /// Begins to let all clients go.
  void drain(Moment deadline);
  bool is_drained() const { return drained_; }

 private:
  /// When a session was last heard of, how many links are open for it, and what it knows of.
  struct Contact {
    Moment heard = 0;
    Moment maybe_heard = 0;
    int open = 0;
    NameSet invited = 0;
    const Link* last = nullptr;
    bool announced = false;  ///< The reply to its handshake was taken.
  };

  void listen();
  void added(const std::string& id);
  void removed(const std::string& id, Removal why);
  void published(const bayeux::Client& from, const Message& message);
  void note_publication(int number);
  Moment turn_of(const std::string& id) const;
  void apply_before(int number);
  void refuse(const Asked& asked);
  void check_answer(const Item& item);
  bool knows_names(const Sending& sending) const;
  void apply_rest(bool knows_names);

  void happen();
  void settle();
  void check_limits();
  void check_ends();
  void mix(std::string_view text);

  const Plan plan_;
  const bool traces_;
  Setup setup_;
  Counts counts_;
  std::optional<Failure> failure_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  bool calm_ = false;
  bool drained_ = false;
  Moment drain_until_ = 0;
  Moment drain_from_ = 0;
  Moment drain_spread_ = 0;
  std::uint64_t networks_ = 0;
  int idle_turns_ = 0;
  int stealable_ = 0;

  /// On which channel each publication was, by its number; -1 when it was for one client.
  std::vector<int> channels_{-1};

  /// And when.
  std::map<int, Moment> published_at_;
  std::map<std::string, Contact> contacts_;
  Model model_;

  /// What each session may publish, and whether a publication, by the id of its message, was taken on or came too often.
  std::map<std::string, Allowance> allowances_;
  std::map<std::string, bool> taken_on_;

  /// What is being received, and how far the model has got with it.
  const Sending* received_ = nullptr;
  std::size_t applied_ = 0;

  Moment now_ = 0;
  std::shared_ptr<test::ManualClock> clock_ = std::make_shared<test::ManualClock>();
  Time begin_ = clock_->now();
  Bell::Rung rung_;
  std::unique_ptr<Bus> bus_;
  std::vector<Registration> registrations_;
  Timeline timeline_;
};

}  // namespace bayeux::simulation
