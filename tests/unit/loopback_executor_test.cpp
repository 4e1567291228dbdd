#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/transports/loopback.hpp>

#include "support/catch.hpp"

#include "loopback_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("handlers run where the executor says", "[loopback]") {
  Bus bus;
  Later later;
  Loopback client(bus, later.executor());
  CHECK(client.connected());
  Heard heard;
  client.subscribe("/a", heard.handler());
  CHECK(bus.channel("/a").subscribers() == 1);
  for (int i = 0; i < 1000; ++i) bus.channel("/a").publish(i);
  CHECK(heard.texts.empty());
  CHECK(later.tasks.size() == 1);
  later.run();
  REQUIRE(heard.texts.size() == 1000);
  CHECK(heard.texts.front() == "/a 0");
  CHECK(heard.texts.back() == "/a 999");
}

namespace {

/// What a client hears whose handlers run only after all was published, on a bus whose queues hold ten messages.
std::vector<std::string> heard_late(const std::function<void(Bus&, Loopback&)>& publish_all) {
  Config config;
  config.max_queue_messages = 10;
  Bus bus(config);
  Later later;
  Loopback client(bus, later.executor());
  Heard heard;
  client.subscribe("/a", heard.handler());
  publish_all(bus, client);
  later.run();
  return heard.texts;
}

}  // namespace

TEST_CASE("a client whose executor lags keeps no more than its queue", "[loopback]") {
  const auto texts = heard_late([](Bus& bus, Loopback&) {
    for (int i = 0; i < 100; ++i) bus.channel("/a").publish(i);
  });
  CHECK(texts.size() == 10);
  CHECK(texts.back() == "/a 99");
}

TEST_CASE("a client that floods itself keeps no more than its limits either", "[loopback]") {
  const auto texts = heard_late([](Bus&, Loopback& client) {
    for (int i = 0; i < 5000; ++i) client.publish("/a", i);
  });
  CHECK(texts.size() < 1000);
  CHECK(texts.front() == "/a 0");
  CHECK(texts.back() == "/a 4999");
}

TEST_CASE("tasks that are left when the client goes do nothing", "[loopback]") {
  Bus bus;
  Later later;
  Heard heard;
  {
    Loopback client(bus, later.executor());
    client.subscribe("/a", heard.handler());
    bus.channel("/a").publish(1);
  }
  CHECK_FALSE(later.tasks.empty());
  later.run();
  CHECK(heard.texts.empty());
}

TEST_CASE("an executor that throws loses nothing but time", "[loopback]") {
  Bus bus;
  bool broken = false;
  Loopback client(bus, [&](std::function<void()> task) {
    if (broken) throw std::runtime_error("full");
    task();
  });
  Heard heard;
  client.subscribe("/a", heard.handler());
  broken = true;
  bus.channel("/a").publish(1);
  broken = false;
  client.publish("/a", 2);
  CHECK(heard.texts == std::vector<std::string>{"/a 1", "/a 2"});
  CHECK(bus.stats().callback_failures == 1);
}
