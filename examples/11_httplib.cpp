// The chat inside an application that speaks HTTP with cpp-httplib: a thread for each connection, routes for notes that
// everybody can pin up, and a folder of static files. What is there because of the bus is marked with `bus:`.
//
//     curl -d '{"text": "Tea is ready"}' http://127.0.0.1:8080/notes    # pins up a note, and publishes it
//     curl http://127.0.0.1:8080/notes
//     curl http://127.0.0.1:8080/load                                   # how many wait for something
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <httplib.h>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/httplib.hpp>
#include <bayeux/transports/clock_thread.hpp>

#include "chat.hpp"
#include "host_options.hpp"
#include "stop_signals.hpp"

namespace {

constexpr std::size_t max_parked = 100;  // bus: clients beyond it poll
constexpr std::size_t threads = max_parked + 50;
constexpr std::size_t max_note = 200, max_notes = 20;

/// The notes that were pinned up last.
///
/// Threads: any, at once.
class Notes final {
 public:
  void pin(const bayeux::Json& note) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(note);
    if (notes_.size() > max_notes) notes_.pop_front();
  }

  bayeux::Json all() const {
    const std::lock_guard lock(mutex_);
    auto all = bayeux::Json::array();
    for (const auto& note : notes_) all.push_back(note);
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<bayeux::Json> notes_;
};

void answer(httplib::Response& response, const bayeux::Json& json) {
  response.set_content(json.text() + "\n", "application/json");
}

/// The routes of the application.
void add_routes(httplib::Server& server, Notes& notes, bayeux::Bus& bus, const bayeux::Endpoint& endpoint) {
  server.set_mount_point("/", PAGES);
  server.Get("/notes", [&](const httplib::Request&, httplib::Response& response) { answer(response, notes.all()); });
  server.Post("/notes", [&](const httplib::Request& request, httplib::Response& response) {
    const auto sent = bayeux::Json::parse(request.body).value_or(bayeux::Json());
    const bayeux::Json note{{"text", sent["text"].as_string()}};
    if (!is_line(note["text"].as_string(), max_note)) {
      response.status = 400;
      return answer(response, {{"error", "A note is a text of 1 to 200 characters"}});
    }
    notes.pin(note);
    bus.channel("/notes").publish(note);  // bus: a handler of the application publishes
    answer(response, note);
  });
  server.Get("/load", [&](const httplib::Request&, httplib::Response& response) {
    const auto stats = endpoint.stats();
    answer(response, {{"requests", stats.requests}, {"open", stats.open}, {"parked", stats.parked}});
  });
}

/// Listens until the program is to end.
void run(httplib::Server& server, bayeux::HttplibEndpoint& door, std::uint16_t port, const StopSignals& signals) {
  const std::string host = "127.0.0.1";
  const int bound = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
  if (bound < 0) throw std::runtime_error("cannot listen on port " + std::to_string(port));
  std::thread listening([&] { server.listen_after_bind(); });
  announce(static_cast<std::uint16_t>(bound));
  signals.wait();
  door.stop();  // bus: those who wait are let go
  server.stop();
  listening.join();
}

void serve(std::uint16_t port, const StopSignals& signals) {
  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_doorman(rooms)});
  const Chat chat(bus, rooms);
  const bayeux::ClockThread clock(bus);  // bus: its time
  bayeux::EndpointConfig config;
  config.gateway.event_source = false;
  config.websocket.reset();
  bayeux::Endpoint endpoint(bus, std::move(config));
  bayeux::HttplibEndpoint door(bus, endpoint, {.max_parked = max_parked});

  Notes notes;
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(1'000).set_keep_alive_timeout(2).set_tcp_nodelay(true);
  server.set_payload_max_length(4 * endpoint.config().gateway.max_body);
  door.serve(server);  // bus: its paths
  add_routes(server, notes, bus, endpoint);
  run(server, door, port, signals);
}

}  // namespace

int main(int count, char* values[]) try {
  const auto port = parse_port(count, values);
  const StopSignals signals;
  serve(port, signals);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
