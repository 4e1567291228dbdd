#include <cstdio>
#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/loopback.hpp>
#ifdef CONSUMER_HAS_ASIO
#include <bayeux/transports/asio_server.hpp>
#endif

#ifdef CONSUMER_HAS_RE2
#include <bayeux/filters/regular_expression.hpp>
#endif

#if defined(RAPIDJSON_RAPIDJSON_H_) || defined(FMT_VERSION) || defined(ASIO_VERSION) || defined(RE2_RE2_H_)
#error "a consumer compiles a library that is ours alone"
#endif

namespace {

/// Compiles only without our warnings: -Wshadow, -Wconversion and -Wold-style-cast would each stop it.
int careless(long value) {
  int result = value;
  {
    int result = (int)value;
    if (result != value) return 1;
  }
  return result - static_cast<int>(value);
}

}  // namespace

int main() {
  bayeux::Bus bus;
  std::string heard;
  bayeux::Loopback client(bus);
  client.subscribe("/package/test", [&](const bayeux::Message& message) { heard = message.data["text"].as_string(); });
#ifdef CONSUMER_HAS_RE2
  const auto filter = bus.channel("/package/test")
                          .add_filter(std::make_shared<bayeux::RegularExpression>(
                              bayeux::RegularExpressionOptions{.pattern = "(?i)HOWDY", .replacement = "hello"}));
  if (bus.channel("/package/test").publish({{"text", "howdy"}})) return 1;
#else
  if (bus.channel("/package/test").publish({{"text", "hello"}})) return 1;
#endif
#ifdef CONSUMER_HAS_ASIO
  bayeux::AsioServer server(bus, {.port = 0});
  if (server.port() == 0) return 1;
#endif
  std::printf("heard: %s\n", heard.c_str());
  return heard == "hello" ? careless(7) : 1;
}
