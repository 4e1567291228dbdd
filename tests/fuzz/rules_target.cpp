#include <memory>
#include <string>
#include <vector>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/message.hpp>
#include <bayeux/request.hpp>
#include <bayeux/rules.hpp>

#include "fuzz/target.hpp"

namespace {

using namespace bayeux;

const std::vector<std::string> patterns{"/**", "/*", "/a/*", "/a/**", "/a/b/*", "/a/b/**", "/b/*"};
const std::vector<std::string> channels{"/a", "/b", "/c", "/a/b", "/a/c", "/a/b/c", "/a/b/c/d", "/b/a"};

ChannelId id_of(const std::string& name) {
  return *ChannelId::parse(name);
}

/// Who may subscribe to a pattern may subscribe to every channel that it matches.
void require_no_way_around(Rules& rules) {
  const Client client;
  const Message message;
  const Request request;
  const Attempt attempt{client, message, request};
  for (const auto& pattern : patterns) {
    const ChannelId wide = id_of(pattern);
    const bool subscribes = rules.can_subscribe(attempt, wide).allowed();
    const bool creates = rules.can_create(attempt, wide).allowed();
    for (const auto& name : channels) {
      const ChannelId channel = id_of(name);
      if (!wide.matches(channel)) continue;
      fuzz::require(!subscribes || rules.can_subscribe(attempt, channel).allowed(), "no pattern opens a channel");
      fuzz::require(!creates || rules.can_create(attempt, channel).allowed(), "nor makes one");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RulesOptions options;
  options.roles = [](const Client&) { return std::vector<std::string>{"a", "b"}; };
  try {
    require_no_way_around(*Rules::from_text(fuzz::as_text(data, size), options));
  } catch (const RulesError& error) {
    fuzz::require(!error.problem().empty(), "an error says what is wrong");
    fuzz::require(error.line() > 0 && error.column() > 0 && error.column() <= size + 1, "and where");
    const Json shown(error.what());
    fuzz::require(Json::parse(shown.text()) == shown, "in Unicode");
  }
  return 0;
}
