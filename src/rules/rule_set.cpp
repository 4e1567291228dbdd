#include "rule_set.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::rules {
namespace {

constexpr const char* not_granted = "denied_by_not_granting";

/// The patterns that match every channel which `channel` names, from `/**` to itself.
std::vector<std::string> covering(const ChannelId& channel) {
  if (!channel.is_wild()) return channel.patterns();
  const std::string& name = channel.name();
  std::vector<std::string> all;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    all.push_back(name.substr(0, slash + 1) + "**");
  }
  if (channel.wild() == ChannelId::Wild::segment) all.push_back(name);
  return all;
}

}  // namespace

bool Asker::has(std::string_view role) {
  if (role == anyone) return true;
  if (role == user) {
    if (!logged_in_) logged_in_ = !client_.user().empty();
    return *logged_in_;
  }
  if (!roles_) roles_ = roles_of_(client_);
  return std::find(roles_->begin(), roles_->end(), role) != roles_->end();
}

bool Asker::has_any(const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [this](const std::string& role) { return has(role); });
}

bool RuleSet::add(const ChannelId& pattern, Rule rule) {
  const auto [added, fresh] = rules_.try_emplace(pattern.name(), std::move(rule));
  if (!fresh) return false;
  filters_ = filters_ || !added->second.filters.empty();
  note_below(pattern.name(), added->second);
  return true;
}

Verdict RuleSet::decide(Operation operation, const ChannelId& channel, Asker& asker) const {
  bool mentioned = false;
  bool granted = false;
  for (const auto& pattern : covering(channel)) {
    const auto rule = rules_.find(pattern);
    if (rule == rules_.end()) continue;
    const Clause& clause = rule->second.clauses[static_cast<std::size_t>(operation)];
    if (asker.has_any(clause.refused)) return Verdict::deny(rule->second.reason);
    mentioned = mentioned || clause.present;
    granted = granted || asker.has_any(clause.granted);
  }
  if (const Below* others = below(operation, channel)) {
    for (const auto& [role, reason] : others->refusals) {
      if (asker.has(role)) return Verdict::deny(reason);
    }
    mentioned = mentioned || others->mentioned;
  }
  return granted || !mentioned ? Verdict::allow() : Verdict::deny(not_granted);
}

std::optional<Json> RuleSet::filter(const Client& from, const ChannelId& channel, Json data) const {
  std::optional<Json> left = std::move(data);
  if (!filters_) return left;
  for (const auto& pattern : channel.patterns()) {
    const auto rule = rules_.find(pattern);
    if (rule == rules_.end()) continue;
    for (const auto& filter : rule->second.filters) {
      left = filter->filter(from, channel, std::move(*left));
      if (!left) return left;
    }
  }
  return left;
}

/// Under the wildcards above a pattern: all of them when they are deep, the nearest one alone when it is not.
void RuleSet::note_below(const std::string& pattern, const Rule& rule) {
  for (std::size_t i = 0; i < below_.size(); ++i) {
    const Clause& clause = rule.clauses[i];
    if (!clause.present) continue;
    std::size_t last = 0;
    for (std::size_t slash = 0; slash != std::string::npos; slash = pattern.find('/', slash + 1)) {
      last = slash;
      note(below_[i][pattern.substr(0, slash + 1) + "**"], clause, rule.reason);
    }
    note(below_[i][pattern.substr(0, last + 1) + "*"], clause, rule.reason);
  }
}

void RuleSet::note(Below& below, const Clause& clause, const std::string& reason) {
  below.mentioned = true;
  for (const auto& role : clause.refused) {
    if (below.refused.insert(role).second) below.refusals.push_back({role, reason});
  }
}

const RuleSet::Below* RuleSet::below(Operation operation, const ChannelId& pattern) const {
  if (!pattern.is_wild()) return nullptr;
  const auto& patterns = below_[static_cast<std::size_t>(operation)];
  const auto found = patterns.find(pattern.name());
  return found == patterns.end() ? nullptr : &found->second;
}

}  // namespace bayeux::rules
