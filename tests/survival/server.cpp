// The server whose survival is tried, in a process of its own. Its arguments are limits, as `write_timeout=500`, and a
// certificate with its key, which makes another server for TLS on the same bus. It says both ports, then does what it is
// told line by line, and ends with its input.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

namespace {

using namespace bayeux;

constexpr std::size_t pause_after = 1 << 20;

struct Options {
  Config bus;
  AsioServerConfig server;
  std::optional<TlsConfig> tls;
};

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument(text);
  return value;
}

void set(Options& options, const std::string& name, const std::string& value) {
  if (name == "certificate" || name == "key") {
    if (!options.tls) options.tls.emplace();
    (name == "key" ? options.tls->key : options.tls->certificate) = value;
    return;
  }
  const std::map<std::string, Milliseconds*> times{
      {"timeout", &options.bus.timeout},
      {"max_interval", &options.bus.max_interval},
      {"header_timeout", &options.server.header_timeout},
      {"body_timeout", &options.server.body_timeout},
      {"idle_timeout", &options.server.idle_timeout},
      {"write_timeout", &options.server.write_timeout},
      {"ping_interval", &options.server.ping_interval},
      {"event_source_ping_interval", &options.server.event_source_ping_interval},
      {"tls_handshake_timeout", &options.server.tls_handshake_timeout},
  };
  const std::map<std::string, std::size_t*> sizes{
      {"handshake_rate", &options.bus.handshake_rate},
      {"handshake_burst", &options.bus.handshake_burst},
      {"max_queue_bytes", &options.bus.max_queue_bytes},
  };
  if (const auto time = times.find(name); time != times.end()) {
    *time->second = Milliseconds(number(value));
  } else {
    *sizes.at(name) = number(value);
  }
}

Options read(int count, char* values[]) {
  Options options;
  options.server.port = 0;
  for (int i = 1; i < count; ++i) {
    const std::string option = values[i];
    const auto equals = option.find('=');
    set(options, option.substr(0, equals), option.substr(equals + 1));
  }
  return options;
}

std::int64_t now() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A server on its own thread.
class Running final {
 public:
  Running(Bus& bus, const AsioServerConfig& config) : server(bus, config), thread_([this] { server.run(); }) {}
  ~Running() {
    server.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  AsioServer server;

 private:
  std::thread thread_;
};

/// What there is: `tls` may be missing.
struct Servers {
  Bus& bus;
  const Running& plain;
  const Running* tls;
};

/// All numbers, and when they were not yet, and no longer, these.
void tell_numbers(const Servers& servers) {
  const auto print = [](const char* part) {
    return [part](std::string_view name, std::uint64_t value, std::string_view, bool) {
      std::cout << part << name << ' ' << value << '\n';
    };
  };
  std::cout << "began " << now() << '\n';
  servers.bus.stats().for_each(print(""));
  servers.plain.server.stats().for_each(print("server_"));
  if (servers.tls != nullptr) servers.tls->server.stats().for_each(print("tls_"));
  std::cout << "ended " << now() << '\n';
}

/// Publishes: `offer /channel BYTES COUNT`. It pauses after each MiB, so that it takes seconds, in which others are
/// looked at.
void offer(Bus& bus, std::istream& arguments) {
  std::string name;
  std::size_t bytes = 0;
  std::size_t count = 0;
  arguments >> name >> bytes >> count;
  const auto channel = bus.channel(name);
  std::size_t since_pause = 0;
  for (std::size_t i = 0; i < count; ++i) {
    channel.publish(std::string(bytes, 'x'));
    since_pause += bytes;
    if (since_pause < pause_after) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    since_pause = 0;
  }
}

void obey(const Servers& servers, const std::string& line) {
  std::istringstream words(line);
  std::string command;
  words >> command;
  if (command == "numbers") tell_numbers(servers);
  if (command == "offer") offer(servers.bus, words);
  std::cout << "end" << std::endl;
}

}  // namespace

int main(int count, char* values[]) try {
  const Options options = read(count, values);
  Bus bus(options.bus);
  const Running plain(bus, options.server);
  std::optional<Running> tls;
  if (options.tls) {
    auto config = options.server;
    config.tls = options.tls;
    tls.emplace(bus, config);
  }
  std::cout << plain.server.port() << '\n' << (tls ? tls->server.port() : 0) << std::endl;
  const Servers servers{bus, plain, tls ? &*tls : nullptr};
  for (std::string line; std::getline(std::cin, line);) obey(servers, line);
} catch (const std::exception& error) {
  std::fprintf(stderr, "survival_server: %s\n", error.what());
  return 1;
}
