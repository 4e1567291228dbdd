#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/config.hpp>
#include <bayeux/listener.hpp>

#include "failure.hpp"
#include "names.hpp"
#include "packet.hpp"
#include "request.hpp"

namespace bayeux::simulation {

/// What a session must be given, by the simplest means: a list of numbers.
struct ModelSession {
  bool acknowledges = false;
  NameSet names = 0;
  std::deque<int> queue;

  /// Its queue was full, and it must end over that.
  bool expelled = false;

  /// Its turn to go has come: from now on nothing need be queued for it.
  bool leaving = false;

  /// What was sent with which batch and has not been acknowledged, and the last batch.
  std::deque<std::pair<std::int64_t, std::vector<int>>> sent;
  std::int64_t last_batch = 0;

  /// How often each may be read: once, and once more for each time that it had to be sent again.
  std::map<int, int> may_be_read;

  /// All that was ever for it, but for what the limits took.
  std::vector<int> due;

  bool ended = false;
  Removal why = Removal::disconnect;
};

/// What the bus must do, as a list for each session: what is taken for it must be just what stands in front.
class Model final {
 public:
  using Fail = std::function<void(Check, std::string)>;

  /// A queue that has a limit of its own loses just what does not fit. Where only all together have one, which depends on
  /// everybody's, messages may be missing; but none may come out of turn.
  Model(const Config& config, bool only_all_together, Fail fail)
      : config_(config), loose_(only_all_together), fail_(std::move(fail)) {}

  void add(const std::string& id, bool acknowledges) { sessions_[id].acknowledges = acknowledges; }
  void end(const std::string& id, Removal why);

  /// A message of a session that lives was worked on.
  void apply(const std::string& id, const Asked& asked);
  void publish(int channel, int number);
  void deliver(const std::string& id, int channel, int number);

  /// Was taken for that session, in this order.
  void take(const std::string& id, const Packet& packet);

  bool knows(const std::string& id) const { return sessions_.count(id) > 0; }
  ModelSession& at(const std::string& id) { return sessions_.at(id); }
  const std::map<std::string, ModelSession>& all() const { return sessions_; }

 private:
  void give(ModelSession& session, int number, std::size_t size);
  bool is_full(const ModelSession& session, std::size_t size) const;
  std::size_t bytes_of(const ModelSession& session) const;
  bool may_skip(const ModelSession& session) const { return loose_ || session.leaving; }
  void acknowledge(ModelSession& session, std::int64_t batch);
  bool take_event(const std::string& id, ModelSession& session, int number);

  const Config& config_;
  const bool loose_;
  Fail fail_;
  std::map<int, std::size_t> sizes_;  ///< In bytes.
  std::map<std::string, ModelSession> sessions_;
};

}  // namespace bayeux::simulation
