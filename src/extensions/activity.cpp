#include <bayeux/extensions/activity.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

namespace bayeux {
namespace {

/// When the client was last active.
using Moment = std::atomic<Time>;

// Attributes of a client.
constexpr std::string_view active_at = "activity";
constexpr std::string_view watching = "activity.watching";

/// Sees what one client is sent.
class Watch final : public Extension {
 public:
  Watch(std::shared_ptr<Moment> moment, std::shared_ptr<const Clock> clock)
      : moment_(std::move(moment)), clock_(std::move(clock)) {}

  Flow outgoing(const Client&, Message&) override {
    *moment_ = clock_->now();
    return Flow::pass;
  }

 private:
  const std::shared_ptr<Moment> moment_;
  const std::shared_ptr<const Clock> clock_;
};

ActivityOptions checked(ActivityOptions options) {
  if (options.max_idle <= Milliseconds(0)) throw std::system_error(Errc::config_invalid);
  options.max_idle = std::min(options.max_idle, longest_time);
  if (options.clock == nullptr) options.clock = std::make_shared<SystemClock>();
  return options;
}

void begin(const Client& client, const ActivityOptions& options) {
  auto moment = std::make_shared<Moment>(options.clock->now());
  if (client.set_attribute(active_at, moment)) return;
  if (options.counts != ActivityOptions::Counts::client_server) return;
  auto watch = std::make_shared<Watch>(std::move(moment), options.clock);
  // Kept with the client, so that it goes when the client does.
  client.set_attribute(watching, std::make_shared<Registration>(client.add_extension(std::move(watch))));
}

bool is_connect(const Message& message) {
  if (message.channel.find("/meta/connect") == std::string::npos) return false;
  const auto channel = ChannelId::parse(message.channel);
  return channel && channel->name() == "/meta/connect";
}

}  // namespace

Activity::Activity(ActivityOptions options) : options_(checked(std::move(options))) {}

Flow Activity::incoming(const Client& from, Message& message, Message& reply) {
  if (!from.valid()) return Flow::pass;
  const auto moment = from.attribute<std::shared_ptr<Moment>>(active_at);
  if (!moment) {
    begin(from, options_);
    return Flow::pass;
  }
  const Time now = options_.clock->now();
  if (!is_connect(message)) {
    **moment = now;
    return Flow::pass;
  }
  if (now - (*moment)->load() < options_.max_idle) return Flow::pass;
  from.disconnect();
  reply.successful = true;
  reply.advice = Json{{"reconnect", "none"}};
  return Flow::answer;
}

}  // namespace bayeux
