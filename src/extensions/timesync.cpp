#include <bayeux/extensions/timesync.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/message.hpp>

namespace bayeux {
namespace {

/// Beyond this a double is no longer exact to the millisecond, and no time of day that anybody has.
constexpr double most = 9007199254740992.0;

TimeSyncOptions complete(TimeSyncOptions options) {
  if (!options.clock) options.clock = system_time;
  return options;
}

std::optional<double> milliseconds(const Json& value) {
  if (!value.is_number() || !(std::abs(value.as_double()) <= most)) return std::nullopt;
  return value.as_double();
}

std::int64_t whole(double value) {
  return static_cast<std::int64_t>(std::llround(value));
}

/// What a client says: its time, and where it has one already its idea of lag and offset.
struct Claim {
  double time;
  std::optional<double> lag;
  double offset;
};

std::optional<Claim> read(const Json& sync) {
  const auto time = milliseconds(sync["tc"]);
  if (!time) return std::nullopt;
  Claim claim{*time, std::nullopt, 0};
  if (const Json* lag = sync.find("l")) {
    claim.lag = milliseconds(*lag);
    if (!claim.lag) return std::nullopt;
  }
  if (const Json* offset = sync.find("o")) {
    const auto value = milliseconds(*offset);
    if (!value) return std::nullopt;
    claim.offset = *value;
  }
  return claim;
}

bool is_meta(const Message& message) {
  const auto channel = ChannelId::parse(message.channel);
  return channel && channel->is_meta();
}

}  // namespace

TimeSync::TimeSync(TimeSyncOptions options) : options_(complete(std::move(options))) {}

Flow TimeSync::incoming(const Client& from, Message& message, Message& reply) {
  const Json* sync = std::as_const(message.ext).find("timesync");
  if (sync == nullptr || !is_meta(message)) return Flow::pass;
  const auto claim = read(*sync);
  if (!claim) return Flow::pass;
  const auto now = options_.clock().count();
  Json answer{{"tc", (*sync)["tc"]}, {"ts", now}, {"p", 0}};
  if (claim->lag) {
    const double accuracy = claim->time + claim->offset + *claim->lag - static_cast<double>(now);
    if (from.valid()) from.set_attribute("lag", Milliseconds(whole(std::max(*claim->lag, 0.0))));
    if (*claim->lag != 0 && std::abs(accuracy) < static_cast<double>(options_.accuracy.count())) return Flow::pass;
    answer["a"] = whole(accuracy);
  }
  reply.ext["timesync"] = std::move(answer);
  return Flow::pass;
}

Flow TimeSync::reply(const Client&, Message& message) {
  Json* sync = message.ext.find("timesync");
  if (sync == nullptr) return Flow::pass;
  // A wall clock may be set back meanwhile.
  const auto kept = options_.clock().count() - std::as_const(*sync)["ts"].as_integer();
  (*sync)["p"] = std::max<std::int64_t>(kept, 0);
  return Flow::pass;
}

}  // namespace bayeux
