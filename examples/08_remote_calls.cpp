#include <cstdint>
#include <string>
#include <thread>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"
#include "worker.hpp"

using bayeux::Call;
using bayeux::Json;

namespace {

/// What came in goes back.
void echo(const Call& call) {
  call.answer(call.data());
}

Json factors_of(std::int64_t number) {
  Json factors = Json::array();
  for (std::int64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    for (; number % divisor == 0; number /= divisor) factors.push_back(divisor);
  }
  if (number > 1) factors.push_back(number);
  return factors;
}

/// Takes its time, and therefore a thread of its own: the server goes on with other things meanwhile. What cannot be
/// answered fails, with whatever the caller needs to know.
void factor(const Call& call, Worker& worker) {
  const std::int64_t number = call.data()["number"].as_integer();
  if (number < 2 || number > 1'000'000'000'000'000) {
    call.fail(Json::object({{"reason", "a whole number from 2 to 1000000000000000, please"}}));
    return;
  }
  worker.run([call, number] { call.answer(Json::object({{"factors", factors_of(number)}})); });
}

/// Lets go of the call without an answer. The caller is told that it failed, and does not wait for ever.
void forget(const Call&) {}

/// One handler for all rooms: what is said to `/service/room/kitchen` is heard on `/rooms/kitchen`.
void say(const Call& call, bayeux::Bus& bus) {
  const Json& text = call.data()["text"];
  const std::string room(call.parameter("id"));
  if (!text.is_string() || text.as_string().size() > 200) {
    call.fail(Json::object({{"reason", "some text, please"}}));
    return;
  }
  bus.channel("/rooms/" + room).publish(Json::object({{"text", text}}));
  call.answer(Json::object({{"room", room}, {"heard", bus.channel("/rooms/*").subscribers()}}));
}

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  Worker worker;
  const auto echoes = bus.add_remote_call("echo", echo);
  const auto factors = bus.add_remote_call("factor", [&](const Call& call) { factor(call, worker); });
  const auto oblivion = bus.add_remote_call("forget", forget);
  const auto rooms = bus.add_service("/service/room/{id}", [&](const Call& call) { say(call, bus); });

  bayeux::AsioServer server(bus, options.server);
  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
