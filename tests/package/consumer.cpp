#include <cstdio>
#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/loopback.hpp>
#ifdef CONSUMER_HAS_ASIO
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

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

#ifdef CONSUMER_HAS_ASIO

/// A connection to the embedded server.
class Browser final {
 public:
  explicit Browser(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ~Browser() { ::close(socket_); }

  void send(const std::string& messages) {
    const std::string request =
        "POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(messages.size()) + "\r\n\r\n" + messages;
    ::send(socket_, request.data(), request.size(), 0);
  }

  /// Reads on until that came; false when the connection ends without it.
  bool hears(const std::string& wanted) {
    while (heard.find(wanted) == std::string::npos) {
      char bytes[4096];
      const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      heard.append(bytes, static_cast<std::size_t>(size));
    }
    return true;
  }

  std::string heard;

 private:
  int socket_;
};

/// One client that shakes hands, subscribes, polls, and hears what is published while its poll is held.
bool serves(bayeux::Bus& bus, bayeux::AsioServer& server) {
  Browser browser(server.port());
  browser.send(R"([{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}])");
  if (!browser.hears("\"clientId\":\"")) return false;
  const auto at = browser.heard.find("\"clientId\":\"") + 12;
  if (!browser.hears("}]")) return false;
  const std::string who = "\"clientId\":\"" + browser.heard.substr(at, browser.heard.find('"', at) - at) + "\"";
  browser.send(R"([{"channel":"/meta/subscribe","subscription":"/package/page",)" + who + "}]");
  if (!browser.hears("/package/page")) return false;
  browser.heard.clear();
  browser.send(R"([{"channel":"/meta/connect","connectionType":"long-polling","advice":{"timeout":0},)" + who + "}]");
  if (!browser.hears("/meta/connect")) return false;
  browser.heard.clear();
  browser.send(R"([{"channel":"/meta/connect","connectionType":"long-polling",)" + who + "}]");
  if (bus.channel("/package/page").publish({{"text", "news"}})) return false;
  return browser.hears("news");
}

#endif

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
  std::thread serving([&] { server.run(); });
  const bool served = serves(bus, server);
  server.stop();
  serving.join();
  if (!served) return 1;
#endif
  std::printf("heard: %s\n", heard.c_str());
  return heard == "hello" ? careless(7) : 1;
}
