#include "counters.hpp"

#include "errors.hpp"

namespace bayeux::bus {

Count count_of(std::string_view error) noexcept {
  if (error == errors::channel_limit) return Count::channels;
  if (error == errors::nesting_too_deep) return Count::depth;
  if (error == errors::subscription_limit) return Count::subscriptions;
  if (error == errors::publish_rate) return Count::publish_rate;
  if (error == errors::session_unknown) return Count::unknown;
  if (error == errors::message_deleted) return Count::deleted;
  // Only what was denied has a reason between its colons.
  const bool has_reason = error.starts_with("403:") && !error.starts_with("403::");
  return has_reason ? Count::denied : Count::malformed;
}

std::string_view limit_name(Count what) noexcept {
  switch (what) {
    case Count::batch:
      return "max_batch";
    case Count::depth:
      return "max_depth";
    case Count::publish_rate:
      return "publish_rate";
    case Count::handshake_rate:
      return "handshake_rate";
    case Count::handshake_rate_per_address:
      return "handshake_rate_per_address";
    case Count::sessions:
      return "max_sessions";
    case Count::channels:
      return "max_channels";
    case Count::subscriptions:
      return "max_subscriptions";
    case Count::total_subscriptions:
      return "max_total_subscriptions";
    case Count::windows:
      return "max_sessions_per_browser";
    case Count::queue:
      return "queue";
    case Count::total:
      return "max_total";
    case Count::verdict_timeouts:
      return "verdict_timeout";
    default:
      return {};
  }
}

void Counters::read(Stats& stats) const noexcept {
  stats.unreadable = value(Count::unreadable);
  stats.malformed = value(Count::malformed);
  stats.unknown = value(Count::unknown);
  stats.denied = value(Count::denied);
  stats.deleted = value(Count::deleted);
  stats.over_batch = value(Count::batch);
  stats.over_depth = value(Count::depth);
  stats.over_publish_rate = value(Count::publish_rate);
  stats.over_handshake_rate = value(Count::handshake_rate);
  stats.over_handshake_rate_per_address = value(Count::handshake_rate_per_address);
  stats.over_sessions = value(Count::sessions);
  stats.over_channels = value(Count::channels);
  stats.over_subscriptions = value(Count::subscriptions);
  stats.over_total_subscriptions = value(Count::total_subscriptions);
  stats.over_windows = value(Count::windows);
  stats.over_queue = value(Count::queue);
  stats.over_total = value(Count::total);
  stats.while_draining = value(Count::draining);
  stats.withheld = value(Count::withheld);
  stats.callback_failures = value(Count::callback_failures);
  stats.unanswered = value(Count::unanswered);
  stats.verdict_timeouts = value(Count::verdict_timeouts);
}

}  // namespace bayeux::bus
