#include "load_options.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

#include "stamp.hpp"

namespace bayeux::bench {

namespace {

constexpr const char* usage =
    "usage: bench_load SHAPE --port N [options]\n"
    "  steady   subscribers of one channel, publishes at a fixed rate\n"
    "  wake     one publish to subscribers whose polls are all parked, in rounds\n"
    "  rooms    clients in some rooms each, who publish in batches\n"
    "  memory   parked clients, and what the server takes for each\n"
    "  --host A.B.C.D  --path /bayeux  --transport long-polling|websocket  --pid OF-THE-SERVER\n"
    "  --clients N  --publishers N  --rate PER-SECOND  --seconds S  --warm-up S  --rounds N  --payload BYTES\n"
    "  --rooms N  --rooms-per-client N  --batch N\n";

[[noreturn]] void give_up() {
  std::fputs(usage, stderr);
  std::exit(2);
}

template <class Number>
Number number_of(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.begin(), text.end(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.end() || number < 0) give_up();
  return number;
}

template <class Number>
auto into(Number& number) {
  return [&number](std::string_view text) { number = number_of<Number>(text); };
}

bool is_websocket(std::string_view transport) {
  if (transport != "websocket" && transport != "long-polling") give_up();
  return transport == "websocket";
}

void set_defaults(LoadOptions& options) {
  const bool few = options.shape == "steady" || options.shape == "rooms";
  if (options.clients == 0) options.clients = few ? 1'000 : 10'000;
  if (options.rate == 0) options.rate = options.shape == "rooms" ? 1'000 : options.target.websocket ? 200 : 50;
  if (options.payload == 0) options.payload = options.shape == "rooms" ? 50 : 64;
}

}  // namespace

LoadOptions parse_load_options(int count, char* values[]) {
  if (count < 2) give_up();
  LoadOptions options;
  options.shape = values[1];
  const std::map<std::string_view, std::function<void(std::string_view)>> known{
      {"--host", [&](auto text) { options.target.host = text; }},
      {"--port", into(options.target.port)},
      {"--path", [&](auto text) { options.target.path = text; }},
      {"--transport", [&](auto text) { options.target.websocket = is_websocket(text); }},
      {"--pid", into(options.pid)},
      {"--clients", into(options.clients)},
      {"--publishers", into(options.publishers)},
      {"--rate", into(options.rate)},
      {"--seconds", into(options.seconds)},
      {"--warm-up", into(options.warm_up)},
      {"--rounds", into(options.rounds)},
      {"--payload", into(options.payload)},
      {"--rooms", into(options.rooms)},
      {"--rooms-per-client", into(options.rooms_per_client)},
      {"--batch", into(options.batch)},
  };
  for (int i = 2; i < count; i += 2) {
    const auto option = known.find(values[i]);
    if (option == known.end() || i + 1 == count) give_up();
    option->second(values[i + 1]);
  }
  set_defaults(options);
  if (options.target.port == 0 || options.publishers == 0 || options.payload < stamp_size || options.rounds == 0 ||
      options.batch == 0 || options.rooms_per_client > options.rooms) {
    give_up();
  }
  return options;
}

}  // namespace bayeux::bench
