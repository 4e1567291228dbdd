#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/channel_id.hpp>
#include <bayeux/message.hpp>
#include <bayeux/verdict.hpp>

#include "link_state.hpp"
#include "protocol/parser.hpp"

/// The way of a message from a link to its reply (protocol: "Server processing algorithm").
namespace bayeux::bus {

/// One message on its way. It may be put aside until a verdict has come; then its handler begins anew, and finds the
/// verdicts that it has had. So a handler changes nothing before its last question.
struct Step {
  LinkState& link;
  BusCore& core;
  ChannelId channel;
  Message message;
  Message reply;
  Client from;
  bool alone;  ///< The only message of its request: a connect may be held.

  /// What the policy said, by the number of the question.
  std::vector<std::pair<std::size_t, Verdict>> verdicts;

  /// The question that is not answered yet.
  std::size_t question = 0;
  std::shared_ptr<PendingVerdict> waits_for;
  std::uint64_t waits_as = 0;

  /// What a handshake has made before it asked.
  std::string id;
  std::string browser;

  Attempt attempt() const { return {from, message, *link.request}; }
};

/// Works on one message and leaves its reply with the link, or puts it aside.
void process(LinkState& link, protocol::Incoming& incoming, bool alone);

/// The step for a message, which is moved into it.
Step step_of(LinkState& link, protocol::Incoming& incoming, ChannelId channel, bool alone);

/// Answers one message that shares its request with a handshake: nobody can have a session yet.
void refuse_companion(LinkState& link, protocol::Incoming& incoming);

/// Goes on with the message that was put aside, and with those behind it, when its verdict has come.
void resume(LinkState& link);

/// Forgets what was put aside.
void abandon(LinkState& link);

/// Parts the link from the client that it served, whose messages go on being queued; when that has gone, what is left to
/// be said to it goes before all that follows.
void leave(LinkState& link);

/// A place among the connections of the browser. False when there is none left.
bool find_place(const LinkState& link, std::shared_ptr<void>& ticket);

/// True for a message on `/meta/handshake`, readable or not.
bool is_handshake(const protocol::Incoming& incoming);

/// The answer, if there is one by now.
std::optional<Verdict> answer_of(const PendingVerdict& pending);

/// The policy's verdict to a question of this step, which has a number of its own; nothing when it is yet to come: then
/// the handler leaves everything as it is and returns.
template <class Question>
std::optional<Verdict> ask(Step& step, std::size_t number, std::string_view what, Question&& question) {
  for (const auto& [known, verdict] : step.verdicts) {
    if (known == number) return verdict;
  }
  Verdict verdict = Verdict::deny();
  step.core.guarded(what, [&] { verdict = question(*step.core.config.policy); });
  if (const auto pending = verdict.pending()) {
    const auto answer = answer_of(*pending);
    if (!answer) {
      step.question = number;
      step.waits_for = pending;
      return std::nullopt;
    }
    verdict = *answer;
  }
  step.verdicts.emplace_back(number, verdict);
  return verdict;
}

/// Ends a step: lets the extensions see the reply, and leaves it with the link.
void answer(Step& step, std::uint64_t before = LinkState::after_all_events);
void refuse(Step& step, std::string_view error);
void refuse(Step& step, std::string_view error, Count counted_as);

/// Leaves the reply to a connect with the link, which completes it when it is taken.
void answer_connect(Step& step);

/// Serialises the reply to a connect that is to be answered at once, in its place among the others.
void settle_connect(LinkState& link);

/// Lets the extensions see a reply, and serialises it; nothing when one of them dropped it.
Frame freeze_reply(BusCore& core, const Client& to, Message& reply);

// A file for each of them.
void handshake(Step& step);
void connect(Step& step);

/// The short way of a connect that comes alone, is told nothing but that all is well, and concerns no code of the host,
/// as nearly all do: it is held, or answered when there is something to say. False when it is not such a one: then
/// nothing was done. What it comes to is what `process` would have made of it.
bool poll(LinkState& link, protocol::Incoming& incoming);

void subscribe(Step& step);
void unsubscribe(Step& step);
void disconnect(Step& step);
void publish(Step& step);

}  // namespace bayeux::bus
