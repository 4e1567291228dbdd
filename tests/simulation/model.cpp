#include "model.hpp"

#include <algorithm>

namespace bayeux::simulation {

void Model::end(const std::string& id, Removal why) {
  auto& session = sessions_.at(id);
  session.ended = true;
  session.why = why;
  session.names = 0;
}

std::size_t Model::bytes_of(const ModelSession& session) const {
  std::size_t bytes = 0;
  for (const int number : session.queue) bytes += sizes_.at(number);
  for (const auto& [batch, numbers] : session.sent) {
    for (const int number : numbers) bytes += sizes_.at(number);
  }
  return bytes;
}

/// One message always fits.
bool Model::is_full(const ModelSession& session, std::size_t size) const {
  auto count = session.queue.size();
  for (const auto& [batch, numbers] : session.sent) count += numbers.size();
  return count > 0 &&
         (count >= config_.max_queue_messages || bytes_of(session) + size > config_.max_queue_bytes);
}

void Model::give(ModelSession& session, int number, std::size_t size) {
  if (session.ended || session.expelled) return;
  sizes_[number] = size;
  if (!may_skip(session) && is_full(session, size)) {
    const auto overflow = session.acknowledges ? Overflow::disconnect : config_.overflow;
    session.expelled = overflow == Overflow::disconnect;
    if (overflow != Overflow::drop_oldest) return;
    do {
      std::erase(session.due, session.queue.front());
      session.queue.pop_front();
    } while (is_full(session, size));
  }
  session.queue.push_back(number);
  session.due.push_back(number);
}

void Model::apply(const std::string& id, const Asked& asked) {
  auto& session = sessions_.at(id);
  if (session.ended) return;
  if (asked.verb == Verb::subscribe) session.names |= asked.names;
  if (asked.verb == Verb::unsubscribe) session.names &= ~asked.names;
  if (asked.verb == Verb::publish) publish(asked.channel, asked.number);
  if (asked.verb == Verb::connect && session.acknowledges) acknowledge(session, asked.acknowledged);
}

void Model::publish(int channel, int number) {
  const auto size = event_size(names[static_cast<std::size_t>(channel)], number);
  for (auto& [id, session] : sessions_) {
    if ((session.names & matching(channel)) != 0) give(session, number, size);
  }
}

void Model::deliver(const std::string& id, int channel, int number) {
  give(sessions_.at(id), number, event_size(names[static_cast<std::size_t>(channel)], number));
}

void Model::acknowledge(ModelSession& session, std::int64_t batch) {
  if (batch > session.last_batch) return;
  while (!session.sent.empty() && session.sent.front().first <= batch) session.sent.pop_front();
  // What is left is sent again, before everything else.
  for (auto sent = session.sent.rbegin(); sent != session.sent.rend(); ++sent) {
    session.queue.insert(session.queue.begin(), sent->second.begin(), sent->second.end());
  }
  session.sent.clear();
}

bool Model::take_event(const std::string& id, ModelSession& session, int number) {
  auto& queue = session.queue;
  const auto found = std::find(queue.begin(), queue.end(), number);
  if (found == queue.end()) {
    const bool before = std::find(session.due.begin(), session.due.end(), number) != session.due.end();
    fail_(before ? Check::twice : Check::uninvited, id + " was given " + std::to_string(number));
    return false;
  }
  if (found != queue.begin() && (!may_skip(session) || session.acknowledges)) {
    const auto later = std::find(found, queue.end(), queue.front()) != queue.end() ? Check::order : Check::lost;
    fail_(later, id + " was given " + std::to_string(number) + " before " + std::to_string(queue.front()));
    return false;
  }
  // What the limits took is not owed any more.
  for (auto skipped = queue.begin(); skipped != found; ++skipped) std::erase(session.due, *skipped);
  queue.erase(queue.begin(), found + 1);
  ++session.may_be_read[number];
  return true;
}

void Model::take(const std::string& id, const Packet& packet) {
  const auto entry = sessions_.find(id);
  std::vector<int> events;
  std::int64_t batch = 0;
  for (const auto& item : packet) {
    if (!item.is_event()) {
      if (item.is_farewell() && (entry == sessions_.end() || entry->second.why != Removal::kicked))
        return fail_(Check::answers, "an answer to nothing");
      batch = std::max(batch, item.channel == "/meta/connect" ? item.batch : 0);
      continue;
    }
    if (entry == sessions_.end()) return fail_(Check::uninvited, "nobody was given " + std::to_string(item.number));
    if (!take_event(id, entry->second, item.number)) return;
    events.push_back(item.number);
  }
  if (entry == sessions_.end() || !entry->second.acknowledges) return;
  auto& session = entry->second;
  if (session.ended) return;
  if (batch == 0 && !events.empty())
    return fail_(Check::answers, id + " was given events without a batch");
  // A connect that shares its answer with a newer one repeats an earlier number.
  if (batch == 0 || (batch <= session.last_batch && events.empty())) return;
  if (batch != session.last_batch + 1) return fail_(Check::answers, id + " was given batch " + std::to_string(batch));
  session.last_batch = batch;
  if (!events.empty()) session.sent.emplace_back(batch, std::move(events));
}

}  // namespace bayeux::simulation
