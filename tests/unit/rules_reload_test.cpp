#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "support/catch.hpp"

#include "unit/rules_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A file that goes with its test.
class TemporaryFile final {
 public:
  explicit TemporaryFile(std::string_view text) { write(text); }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view text) const { std::ofstream(path_, std::ios::binary | std::ios::trunc) << text; }
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("bayeux-rules-" + std::to_string(std::random_device()()) + ".json");
};

const Client nobody;
const Message empty;
const Request request;
const Attempt attempt{nobody, empty, request};

bool may_publish(Rules& rules, const char* channel) {
  return rules.can_publish(attempt, *ChannelId::parse(channel)).allowed();
}

}  // namespace

TEST_CASE("new rules count from the next message on, and subscriptions stay", "[rules]") {
  RuledBus bus("'/a':{'publish':['anyone'],'subscribe':['anyone']}");
  const auto client = bus.client();
  CHECK(bus.subscribe(client, "/a") == "yes");
  const auto publisher = bus.client();
  CHECK(bus.publish(publisher, "/a", "1") == "yes");
  bus.rules().reload(channels_text("'/a':{'publish':[],'subscribe':[]}"));
  CHECK(bus.publish(publisher, "/a", "2") == not_granted_publish);
  CHECK(bus.subscribe(bus.client(), "/a") == not_granted_subscribe);
  bus->channel("/a").publish(3);
  CHECK(events(collect(*bus, client)) == "1 3");
}

TEST_CASE("wrong rules are told, and the old ones stay", "[rules]") {
  RuledBus bus("'/a':{'publish':[]}");
  const auto client = bus.client();
  CHECK_THROWS_AS(bus.rules().reload("{\"channels\":{\"/a\":{}},}"), RulesError);
  CHECK_THROWS_AS(bus.rules().reload(channels_text("'/a':{'filters':['x']}")), RulesError);
  CHECK(bus.publish(client, "/a") == not_granted_publish);
}

TEST_CASE("rules from a file are read anew from it", "[rules]") {
  const TemporaryFile file(channels_text("'/a':{'publish':[]}"));
  const auto rules = Rules::from_file(file.path());
  CHECK_FALSE(may_publish(*rules, "/a"));
  file.write(channels_text("'/b':{'publish':[]}"));
  CHECK_FALSE(may_publish(*rules, "/a"));
  rules->reload();
  CHECK(may_publish(*rules, "/a"));
  CHECK_FALSE(may_publish(*rules, "/b"));
}

TEST_CASE("an error in a file says which file", "[rules]") {
  const TemporaryFile file("{\"channels\":\n[]}");
  try {
    Rules::from_file(file.path());
    FAIL("it was taken");
  } catch (const RulesError& error) {
    CHECK(error.place().source == file.path().string());
    CHECK(std::string(error.what()).starts_with(file.path().string() + ":2:1: channels: expected an object"));
  }
}

TEST_CASE("a file that cannot be read is told, and the old rules stay", "[rules]") {
  auto file = std::make_unique<TemporaryFile>(channels_text("'/a':{'publish':[]}"));
  const auto path = file->path();
  const auto rules = Rules::from_file(path);
  file.reset();
  try {
    rules->reload();
    FAIL("there is no file");
  } catch (const RulesError& error) {
    CHECK(error.line() == 0);
    CHECK(std::string(error.what()) ==
          path.string() + ": expected a file that can be read; the system says: No such file or directory");
  }
  CHECK_FALSE(may_publish(*rules, "/a"));
  CHECK_THROWS_AS(Rules::from_file(std::filesystem::temp_directory_path()), RulesError);
}

TEST_CASE("a file that is too large is not read to its end", "[rules]") {
  const TemporaryFile file(std::string((1 << 20) + 1, ' '));
  CHECK_THROWS_WITH(Rules::from_file(file.path()), file.path().string() + ": expected at most 1048576 bytes");
  CHECK_THROWS_WITH(Rules::from_file("/dev/zero"), "/dev/zero: expected at most 1048576 bytes");
}

TEST_CASE("rules from a text have no file to be read anew", "[rules]") {
  const auto rules = Rules::from_text(channels_text(""));
  CHECK_THROWS_WITH(rules->reload(), "rules: expected rules that were read from a file");
}

TEST_CASE("of two reloads at once the one that began later counts", "[rules]") {
  Rules* rules = nullptr;
  RulesOptions options;
  options.filters["overtaken"] = [&](const Json&) -> std::shared_ptr<DataFilter> {
    rules->reload(channels_text("'/later':{'publish':[]}"));
    struct Same final : DataFilter {
      std::optional<Json> filter(const Client&, const ChannelId&, Json data) override { return data; }
    };
    return std::make_shared<Same>();
  };
  const auto made = Rules::from_text(channels_text(""), options);
  rules = made.get();
  made->reload(channels_text("'/earlier':{'publish':[],'filters':['overtaken']}"));
  CHECK(may_publish(*made, "/earlier"));
  CHECK_FALSE(may_publish(*made, "/later"));
}

TEST_CASE("decisions while rules are exchanged follow the old ones or the new ones, whole", "[rules][threads]") {
  // Under either, exactly one of the two is open.
  const std::string one = channels_text("'/**':{'publish':[]},'/a':{'publish':['anyone']}");
  const std::string two = channels_text("'/**':{'publish':['anyone']},'/a':{'deny':{'publish':['anyone']}}");
  const auto rules = Rules::from_text(one);
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&] {
      while (!stop) {
        const auto verdict = rules->can_publish(attempt, *ChannelId::parse("/a"));
        if (!verdict.allowed() && verdict.reason() != "denied_by_rules") ++torn;
      }
    });
  }
  for (int i = 0; i < 500; ++i) rules->reload(i % 2 == 0 ? two : one);
  stop = true;
  for (auto& asker : askers) asker.join();
  CHECK(torn == 0);
}
