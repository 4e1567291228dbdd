#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "protocol/parser.hpp"
#include "support/incoming_text.hpp"

namespace bayeux::fuzz {
namespace {

using protocol::Incoming;

constexpr protocol::Limits small_limits{.max_batch = 20, .max_depth = 8, .max_id_length = 16};

/// What a good message says must be sayable again; of a bad one no more may be left than its reply echoes.
void check_message(const Incoming& incoming) {
  const Message& message = incoming.message;
  require(!message.successful && message.error.empty(), "clients do not say how something turned out");
  if (incoming.error.empty()) {
    require(!message.channel.empty(), "a good message has a channel");
    return;
  }
  require(message.client_id.empty() && !message.data.present(), "a bad message is not processed");
  require(message.ext.is_null() && message.advice.is_null() && message.members.is_null(), "nor its members");
}

std::string good_messages(const std::vector<Incoming>& messages) {
  std::string text = "[";
  for (const Incoming& each : messages) {
    if (!each.error.empty()) continue;
    if (text.size() > 1) text += ',';
    text += each.message.text();
  }
  return text + "]";
}

void check_echo(const Incoming& incoming) {
  const auto echo = Json::parse(incoming.message.text(), small_limits.max_depth + 1);
  require(echo.has_value(), "what is echoed is JSON");
}

/// The short way for plain messages must not be seen.
void check_both_ways(std::string_view text) {
  std::vector<Incoming> messages;
  const auto error = protocol::parse(text, small_limits, messages);
  std::vector<Incoming> others;
  const auto other_error = protocol::parse_any(text, small_limits, others);
  require(test::incoming_text(error, messages) == test::incoming_text(other_error, others), "both ways are the same");
}

}  // namespace
}  // namespace bayeux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  check_both_ways(as_text(data, size));
  std::vector<protocol::Incoming> messages;
  if (protocol::parse(as_text(data, size), small_limits, messages)) {
    require(messages.empty(), "a failed request leaves no messages");
    return 0;
  }
  for (const protocol::Incoming& each : messages) {
    check_message(each);
    check_echo(each);
  }
  const std::string text = good_messages(messages);
  std::vector<protocol::Incoming> again;
  require(!protocol::parse(text, small_limits, again), "good messages can be read again");
  for (const protocol::Incoming& each : again) require(each.error.empty(), "good messages stay good");
  require(good_messages(again) == text, "reading and writing changes nothing");
  return 0;
}
