#include "channel_table.hpp"

#include <algorithm>

namespace bayeux::bus {
namespace {

void refine(Treatment& treatment, const ChannelOptions& options, Milliseconds lazy_timeout) {
  if (options.lazy || options.lazy_timeout.count() > 0) {
    treatment.lazy = options.lazy_timeout.count() > 0 ? options.lazy_timeout : lazy_timeout;
  }
  if (options.overflow) treatment.overflow = *options.overflow;
  if (options.latest_by) treatment.latest_by = options.latest_by;
  if (options.broadcast_to_publisher) treatment.broadcast_to_publisher = *options.broadcast_to_publisher;
  if (options.to_ancestors) treatment.to_ancestors = *options.to_ancestors;
}

}  // namespace

ChannelTable::Use ChannelTable::use(const std::string& name, Time now, bool by_client) {
  auto& stripe = stripe_of(name);
  const auto ticks = now.time_since_epoch().count();
  {
    const std::shared_lock lock(stripe.mutex);
    const auto found = stripe.records.find(name);
    if (found != stripe.records.end()) {
      found->second->used.store(ticks, std::memory_order_relaxed);
      return Use::existed;
    }
  }
  const std::unique_lock lock(stripe.mutex);
  const auto found = stripe.records.find(name);
  if (found != stripe.records.end()) {
    found->second->used.store(ticks, std::memory_order_relaxed);
    return Use::existed;
  }
  const std::size_t most = config_.max_channels - (by_client ? config_.max_channels / 16 : 0);
  if (size_.fetch_add(1) >= most) {
    size_.fetch_sub(1);
    return Use::refused;
  }
  stripe.records.emplace(name, std::make_unique<Record>(now));
  return Use::made;
}

bool ChannelTable::contains(const std::string& name) const {
  const auto& stripe = stripe_of(name);
  const std::shared_lock lock(stripe.mutex);
  return stripe.records.contains(name);
}

void ChannelTable::configure(const std::string& name, const ChannelOptions& options) {
  const std::unique_lock lock(options_mutex_);
  options_[name] = options;
  options_count_.store(options_.size());
}

ChannelOptions ChannelTable::options(const std::string& name) const {
  if (options_count_.load() == 0) return {};
  const std::shared_lock lock(options_mutex_);
  const auto found = options_.find(name);
  return found != options_.end() ? found->second : ChannelOptions();
}

Treatment ChannelTable::treatment(const std::vector<std::string>& patterns, bool lazy) const {
  Treatment treatment{Milliseconds(0), config_.overflow, std::nullopt, config_.broadcast_to_publisher, false};
  if (lazy) treatment.lazy = config_.lazy_timeout;
  if (options_count_.load(std::memory_order_relaxed) == 0) return treatment;
  const std::shared_lock lock(options_mutex_);
  for (const auto& pattern : patterns) {
    const auto found = options_.find(pattern);
    if (found != options_.end()) refine(treatment, found->second, config_.lazy_timeout);
  }
  return treatment;
}

bool ChannelTable::set_attribute(const std::string& name, std::string_view attribute, std::any value) {
  Attributes::Value old;
  auto shared = Attributes::shared(std::move(value));
  auto& stripe = stripe_of(name);
  const std::unique_lock lock(stripe.mutex);
  const auto found = stripe.records.find(name);
  if (found == stripe.records.end()) return false;
  old = found->second->attributes.exchange(attribute, std::move(shared));
  return true;
}

std::any ChannelTable::attribute(const std::string& name, std::string_view attribute) const {
  Attributes::Value value;
  {
    const auto& stripe = stripe_of(name);
    const std::shared_lock lock(stripe.mutex);
    const auto found = stripe.records.find(name);
    if (found != stripe.records.end()) value = found->second->attributes.find(attribute);
  }
  return Attributes::copied(value);
}

bool ChannelTable::is_persistent(const std::string& name) const {
  return options(name).persistent;
}

bool ChannelTable::set_considered(const std::string& name, bool considered) {
  auto& stripe = stripe_of(name);
  const std::unique_lock lock(stripe.mutex);
  const auto found = stripe.records.find(name);
  return found == stripe.records.end() || std::exchange(found->second->considered, considered);
}

std::optional<Time> ChannelTable::consider(const std::string& name, Time now) {
  {
    auto& stripe = stripe_of(name);
    const std::unique_lock lock(stripe.mutex);
    const auto found = stripe.records.find(name);
    if (found == stripe.records.end()) return std::nullopt;
    found->second->used.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    if (std::exchange(found->second->considered, true)) return std::nullopt;
  }
  const std::lock_guard lock(candidates_mutex_);
  candidates_.emplace_back(now + config_.channel_timeout, name);
  return std::exchange(sweep_is_due_, true) ? std::nullopt : std::optional(candidates_.front().first);
}

bool ChannelTable::forget_if_unused(const std::string& name, Time now, std::optional<Time>& again) {
  std::unique_ptr<Record> gone;
  auto& stripe = stripe_of(name);
  const std::unique_lock lock(stripe.mutex);
  const auto found = stripe.records.find(name);
  if (found == stripe.records.end()) return false;
  const auto due = Time(Time::duration(found->second->used.load())) + config_.channel_timeout;
  if (due > now) {
    again = due;
    return false;
  }
  gone = std::move(found->second);
  stripe.records.erase(found);
  size_.fetch_sub(1);
  return true;
}

std::vector<std::string> ChannelTable::sweep(Time now, const std::function<bool(const std::string&)>& has_subscribers,
                                             std::optional<Time>& next) {
  std::vector<std::string> swept;
  std::vector<std::string> due;
  {
    const std::lock_guard lock(candidates_mutex_);
    for (; !candidates_.empty() && candidates_.front().first <= now; candidates_.pop_front()) {
      due.push_back(std::move(candidates_.front().second));
    }
  }
  for (auto& name : due) {
    // Before looking: whoever lets go of it from now on has it considered anew.
    set_considered(name, false);
    std::optional<Time> again;
    if (is_persistent(name) || has_subscribers(name)) continue;
    if (forget_if_unused(name, now, again)) {
      swept.push_back(std::move(name));
    } else if (again && !set_considered(name, true)) {
      const std::lock_guard lock(candidates_mutex_);
      candidates_.emplace_back(*again, std::move(name));
    }
  }
  const std::lock_guard lock(candidates_mutex_);
  sweep_is_due_ = !candidates_.empty();
  if (sweep_is_due_) next = std::max(now, candidates_.front().first);
  return swept;
}

}  // namespace bayeux::bus
