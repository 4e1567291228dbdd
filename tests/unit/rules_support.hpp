#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/rules.hpp>

#include "meta/answers.hpp"

namespace bayeux::test {

/// What is wrong with a text of rules, in one line; empty when nothing is.
inline std::string fault(std::string_view text, RulesOptions options = {}) {
  try {
    Rules::from_text(text, std::move(options));
    return {};
  } catch (const RulesError& error) {
    return error.what();
  }
}

/// Rules for these channels; apostrophes stand for double quotes.
inline std::string channels_text(std::string_view channels) {
  std::string text = "{'channels':{" + std::string(channels) + "}}";
  for (char& c : text) c = c == '\'' ? '"' : c;
  return text;
}

/// A bus that obeys rules, with clients that have roles.
class RuledBus final {
 public:
  explicit RuledBus(std::string_view channels, RulesOptions options = {})
      : rules_(Rules::from_text(channels_text(channels), std::move(options))), bus_(with(rules_)) {}

  Rules& rules() noexcept { return *rules_; }
  Bus& operator*() noexcept { return *bus_; }
  Bus* operator->() noexcept { return &*bus_; }

  /// A client with these roles, and with a user where one is named.
  std::string client(std::vector<std::string> roles = {}, const std::string& name = {}) {
    auto id = join(*bus_);
    bus_->client(id).set_attribute("roles", std::move(roles));
    if (!name.empty()) bus_->client(id).set_user(name);
    return id;
  }

  /// What the client is answered: `yes`, or the error.
  std::string subscribe(const std::string& id, std::string_view channel) {
    return outcome(test::subscribe(*bus_, id, channel));
  }
  std::string publish(const std::string& id, std::string_view channel, std::string_view data = "1") {
    return outcome(tell(*bus_, id, channel, "\"data\":" + std::string(data)));
  }

  /// What the rules themselves say of making a channel: `yes`, or the reason.
  std::string create(const std::string& id, std::string_view channel) {
    const Message message;
    const Request request;
    const Client asker = bus_->client(id);
    const Verdict verdict = rules_->can_create({asker, message, request}, *ChannelId::parse(channel));
    return verdict.allowed() ? "yes" : verdict.reason();
  }

 private:
  static Config with(std::shared_ptr<SecurityPolicy> policy) {
    Config config;
    config.policy = std::move(policy);
    return config;
  }
  static std::string outcome(const Json& reply) {
    return reply["successful"] == Json(true) ? "yes" : reply["error"].as_string();
  }

  std::shared_ptr<Rules> rules_;
  TestBus bus_;
};

inline const std::string not_granted_subscribe = "403:denied_by_not_granting:subscribe_denied";
inline const std::string not_granted_publish = "403:denied_by_not_granting:publish_denied";

}  // namespace bayeux::test
