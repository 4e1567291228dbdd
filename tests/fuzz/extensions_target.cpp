#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <bayeux/extensions/acknowledge.hpp>
#include <bayeux/extensions/activity.hpp>
#include <bayeux/extensions/binary.hpp>
#include <bayeux/extensions/timestamp.hpp>
#include <bayeux/extensions/timesync.hpp>

#include "fuzz/target.hpp"
#include "support/talk.hpp"

using namespace bayeux;
using namespace bayeux::fuzz;
using namespace bayeux::test;

namespace {

constexpr std::string_view channel = "/fuzz";

/// A bus with every stock extension, and a client that acknowledges, is subscribed and has yet to hear of something.
class Stage final {
 public:
  Stage() {
    bus_->channel(channel).publish("unheard");
    const Json reply = say("/meta/handshake", R"("ext":{"ack":true})");
    id_ = reply["clientId"].as_string();
    say("/meta/connect", {});
    say("/meta/subscribe", R"("subscription":"/fuzz")");
    bus_->channel(channel).publish("kept");
  }

  /// Sends one message and gives its reply; what was heard before it is looked at.
  Json say(std::string_view name, std::string_view more) {
    const Json response = ask(*bus_, message(id_, name, more));
    require(!response.empty(), "every message is answered");
    for (const Json& one : response.items()) {
      require(one["timestamp"].is_string(), "every message is stamped");
      if (one.find("data") != nullptr) hear(one);
    }
    const Json& reply = response.items().back();
    require(reply["successful"].is_bool() && reply.find("data") == nullptr, "the reply comes last");
    require(reply["successful"].as_bool() == (reply.find("error") == nullptr), "a failure has a reason");
    return reply;
  }

  bool heard() const { return heard_; }
  bool lives() { return bus_->client(id_).connected(); }

 private:
  void hear(const Json& event) {
    if (event["data"] == Json("kept")) heard_ = true;
    if (event["ext"].find("binary") == nullptr) return;
    const auto bytes = BinaryData::from(Message::from(event));
    require(bytes.has_value(), "bytes that are delivered can be read");
    const Json written{{"channel", channel}, {"data", bytes->data()}, {"ext", BinaryData::ext()}};
    const auto again = BinaryData::from(Message::from(written));
    require(again && again->bytes == bytes->bytes && again->last == bytes->last, "and written again");
  }

  TestBus bus_;
  Registration acknowledge_ = bus_->add_extension(std::make_shared<Acknowledge>());
  Registration timesync_ = bus_->add_extension(
      std::make_shared<TimeSync>(TimeSyncOptions{.clock = [] { return Milliseconds(1'700'000'000'000); }}));
  Registration binary_ = bus_->add_extension(std::make_shared<Binary>());
  Registration timestamp_ = bus_->add_extension(std::make_shared<Timestamp>());
  Registration activity_ =
      bus_->add_extension(std::make_shared<Activity>(ActivityOptions{.max_idle = Milliseconds(3'600'000)}));
  std::string id_;
  bool heard_ = false;
};

void try_z85(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  const auto again = from_z85(to_z85(bytes));
  require(again && std::equal(again->begin(), again->end(), bytes.begin(), bytes.end()), "any bytes can be written");

  const auto read = from_z85(text);
  require(read.has_value() == is_z85(text), "what can be read is known before");
  if (read) require(from_z85(to_z85(*read)) == read, "what was read is written as the same bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  try_z85(input);
  const auto said = Json::parse(input, 16);
  if (!said) return 0;
  const std::string ext = "\"ext\":" + (*said)["ext"].text();
  const std::string all = ext + ",\"data\":" + (*said)["data"].text();

  Stage stage;
  stage.say(channel, all);
  stage.say("/service/fuzz", all);
  stage.say("/meta/subscribe", ext + R"(,"subscription":"/fuzz/other")");
  stage.say("/meta/connect", ext + R"(,"advice":{"timeout":0})");
  stage.say("/meta/connect", R"("advice":{"timeout":0})");
  require(stage.heard(), "nothing is lost by what a client says to have");
  require(stage.lives(), "nor is its session");
  stage.say("/meta/handshake", ext);
  return 0;
}
