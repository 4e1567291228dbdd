#include "support/catch.hpp"

#include "unit/rules_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Puts its letter behind every text, and drops what is no text.
struct Appending final : DataFilter {
  explicit Appending(std::string l) : letter(std::move(l)) {}
  std::optional<Json> filter(const Client&, const ChannelId&, Json data) override {
    if (!data.is_string()) return std::nullopt;
    return Json(data.as_string() + letter);
  }
  const std::string letter;
};

RulesOptions with_append() {
  RulesOptions options;
  options.filters["append"] = [](const Json& settings) {
    return std::make_shared<Appending>(settings.is_null() ? "." : settings["letter"].as_string());
  };
  return options;
}

const std::string letters =
    "'/a/b':{'filters':[{'append':{'letter':'e'}},{'append':{'letter':'f'}}]},"
    "'/a/*':{'filters':[{'append':{'letter':'d'}}]},"
    "'/a/**':{'filters':[{'append':{'letter':'b'}}]},"
    "'/**':{'filters':['append']},'/a':{'filters':[{'append':{'letter':'x'}}]}";

}  // namespace

TEST_CASE("filters of the rules run from the widest pattern to the channel, in their order", "[rules]") {
  RuledBus bus(letters, with_append());
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/**");
  CHECK(bus.publish(bus.client(), "/a/b", "\"\"") == "yes");
  bus->channel("/a/c").publish("");
  CHECK(events(collect(*bus, client)) == R"(".bdef" ".bd")");
}

TEST_CASE("what a filter of the rules drops reaches nobody, and no later filter", "[rules]") {
  RuledBus bus(letters, with_append());
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/**");
  CHECK(bus.publish(client, "/a/b", "1") == "404::message_deleted");
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("filters of the rules see services too, once", "[rules]") {
  RuledBus bus("'/**':{'filters':['append']},'/service/*':{'filters':['append']}", with_append());
  const auto filters = bus.rules().add_filters(*bus);
  std::string seen;
  const auto listening =
      bus->channel("/service/x").on_message([&](const Client&, const Message& message) { seen = message.data.text(); });
  CHECK(bus.publish(bus.client(), "/service/x", "\"a\"") == "yes");
  CHECK(seen == R"("a..")");
}

TEST_CASE("filters of the rules stand before those which the application adds below", "[rules]") {
  RuledBus bus("'/a':{'filters':['append']}", with_append());
  const auto own = bus->channel("/*").add_filter(std::make_shared<Appending>("!"));
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/a");
  bus->channel("/a").publish("");
  CHECK(events(collect(*bus, client)) == R"(".!")");
}

TEST_CASE("without its registration no filter of the rules runs", "[rules]") {
  RuledBus bus("'/a':{'filters':['append']}", with_append());
  const auto client = bus.client();
  bus.subscribe(client, "/a");
  bus->channel("/a").publish("1");
  auto filters = bus.rules().add_filters(*bus);
  bus->channel("/a").publish("2");
  filters.cancel();
  bus->channel("/a").publish("3");
  CHECK(events(collect(*bus, client)) == R"("1" "2." "3")");
}

TEST_CASE("a reload exchanges the filters that are registered", "[rules]") {
  RuledBus bus("'/a':{'filters':['append']}", with_append());
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/**");
  bus->channel("/a").publish("1");
  bus.rules().reload(channels_text("'/a':{},'/b':{'filters':['append']}"));
  bus->channel("/a").publish("2");
  bus->channel("/b").publish("3");
  CHECK(events(collect(*bus, client)) == R"("1." "2" "3.")");
}

TEST_CASE("the stock filters can be named", "[rules]") {
  RuledBus bus(
      "'/m':{'filters':['no_markup']},'/s':{'filters':['no_scripts']},"
      "'/l':{'filters':[{'shape':{'type':'object','required':['text']}},'no_markup']}");
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/**");
  CHECK(bus.publish(bus.client(), "/m", R"("<b>")") == "yes");
  CHECK(bus.publish(bus.client(), "/s", R"("<b>x</b><script>")") == "yes");
  CHECK(bus.publish(bus.client(), "/l", R"({"text":"a<b"})") == "yes");
  CHECK(bus.publish(bus.client(), "/l", R"({"txt":"a"})") == "404::message_deleted");
  CHECK(events(collect(*bus, client)) == R"("&lt;b&gt;" "<b>x</b>&lt;script>" {"text":"a&lt;b"})");
}

TEST_CASE("a filter of the host replaces a stock one of its name", "[rules]") {
  auto options = with_append();
  options.filters["no_markup"] = options.filters["append"];
  RuledBus bus("'/a':{'filters':['no_markup']}", options);
  const auto filters = bus.rules().add_filters(*bus);
  const auto client = bus.client();
  bus.subscribe(client, "/a");
  bus->channel("/a").publish("<");
  CHECK(events(collect(*bus, client)) == R"("<.")");
}
