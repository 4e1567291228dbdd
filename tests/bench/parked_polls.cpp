// bench_parked_polls [POLLS [ROUNDS]]: parks so many long-polls on one server, wakes them all with one publish, and
// compares what that costs with the least that the kernel lets it cost. Fails when a poll misses the message.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "crowd.hpp"
#include "floor.hpp"
#include "process.hpp"

namespace {

using namespace bayeux;
using namespace bayeux::bench;

constexpr auto settle = std::chrono::milliseconds(500);

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string post(const std::string& body) {
  return "POST /bayeux HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

void run_server(const std::function<void(std::uint16_t)>& listening) {
  Config config;
  config.timeout = Milliseconds{600'000};
  config.max_interval = Milliseconds{600'000};
  Bus bus(config);
  AsioServerConfig server_config;
  server_config.port = 0;
  server_config.idle_timeout = Milliseconds{600'000};
  AsioServer server(bus, server_config);
  const auto text = [](double value) { return HttpResponse{200, {}, std::to_string(value)}; };
  server.route("/cpu", [&](const HttpRequest&) { return text(Usage::now().cpu_seconds); });
  server.route("/resident", [&](const HttpRequest&) { return text(Usage::now().resident_bytes); });
  server.route("/publish", [&](const HttpRequest& request) {
    bus.channel("/bench").publish({{"round", request.query()}});
    return HttpResponse{};
  });
  listening(server.port());
  server.run();
}

/// What one round took.
struct Round {
  double seconds = 0;
  double cpu_seconds = 0;
};

Round best(const std::vector<Round>& rounds) {
  Round found{1e9, 1e9};
  for (const Round& round : rounds) {
    found.seconds = std::min(found.seconds, round.seconds);
    found.cpu_seconds = std::min(found.cpu_seconds, round.cpu_seconds);
  }
  return found;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double ask(Crowd& control, const std::string& path) {
  return std::strtod(body_of(control.exchange(0, get(path))).c_str(), nullptr);
}

/// Brings every connection to the point where its next request is a poll that will be parked; returns these.
std::vector<std::string> shake_hands(Crowd& crowd) {
  std::vector<std::string> polls;
  for (std::size_t i = 0; i < crowd.size(); ++i) {
    const auto replies = Json::parse(body_of(crowd.exchange(
        i, post(R"({"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]})"))));
    const std::string id = replies ? (*replies)[0]["clientId"].as_string() : std::string();
    const std::string who = R"("clientId":")" + id + "\"";
    const std::string connect = R"({"channel":"/meta/connect","connectionType":"long-polling",)" + who;
    crowd.exchange(i, post(R"({"channel":"/meta/subscribe","subscription":"/bench",)" + who + "}"));
    crowd.exchange(i, post(connect + R"(,"advice":{"timeout":0}})"));
    polls.push_back(post(connect + "}"));
  }
  return polls;
}

void park(Crowd& crowd, const std::vector<std::string>& polls) {
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd.send(i, polls[i]);
  std::this_thread::sleep_for(settle);
}

/// How many did not get what they were to get, exactly once.
std::size_t missed(const std::vector<std::string>& responses, const std::string& message) {
  return static_cast<std::size_t>(std::count_if(responses.begin(), responses.end(), [&](const std::string& response) {
    const auto first = response.find(message);
    return !is_complete(response) || first == std::string::npos ||
           response.find(message, first + 1) != std::string::npos;
  }));
}

struct Measured {
  Round best;
  double resident = 0;
  std::size_t missed = 0;
  std::vector<std::string> polls;
  std::string response;
};

Measured measure_bus(std::size_t size, std::size_t rounds) {
  const Process server(run_server);
  Crowd control(server.port(), 1);
  const double empty = ask(control, "/resident");
  Crowd crowd(server.port(), size);
  Measured measured;
  measured.polls = shake_hands(crowd);
  std::vector<Round> all;
  for (std::size_t i = 0; i < rounds; ++i) {
    park(crowd, measured.polls);
    measured.resident = ask(control, "/resident") - empty;
    const double cpu = ask(control, "/cpu");
    Round round;
    round.seconds = seconds_of([&] {
      control.send(0, get("/publish?" + std::to_string(i)));
      crowd.collect();
    });
    control.collect();
    round.cpu_seconds = ask(control, "/cpu") - cpu;
    measured.missed += missed(crowd.collect(), R"({"round":")" + std::to_string(i) + R"("})");
    all.push_back(round);
  }
  measured.response = crowd.collect().front();
  measured.best = best(all);
  return measured;
}

/// The same requests, and the same bytes in answer, without a bus.
Round measure_floor(const Measured& bus, std::size_t size, std::size_t rounds) {
  const Process server([&](const auto& listening) { run_floor(size, bus.response, listening); });
  Crowd crowd(server.port(), size);
  Crowd control(server.port(), 1);
  std::vector<Round> all;
  for (std::size_t i = 0; i < rounds; ++i) {
    park(crowd, bus.polls);
    Round round;
    round.seconds = seconds_of([&] {
      control.send(0, get("/go"));
      crowd.collect();
    });
    round.cpu_seconds = std::strtod(body_of(control.collect().front()).c_str(), nullptr);
    all.push_back(round);
  }
  return best(all);
}

void raise_descriptor_limit(std::size_t needed) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed + 64) return;
  std::fprintf(stderr, "%zu polls need as many descriptors; the limit is %zu\n", needed,
               static_cast<std::size_t>(limit.rlim_cur));
  std::exit(2);
}

}  // namespace

int main(int count, char* values[]) {
  const std::size_t size = count > 1 ? std::strtoul(values[1], nullptr, 10) : 10'000;
  const std::size_t rounds = count > 2 ? std::strtoul(values[2], nullptr, 10) : 5;
  if (size == 0 || rounds == 0) {
    std::fprintf(stderr, "usage: %s [POLLS [ROUNDS]]\n", values[0]);
    return 2;
  }
  raise_descriptor_limit(size);
  const Measured bus = measure_bus(size, rounds);
  const Round floor = measure_floor(bus, size, rounds);
  const double each = 1e6 / static_cast<double>(size);
  std::printf("%zu parked polls, best of %zu rounds                 bus     floor   ratio\n", size, rounds);
  std::printf("one publish wakes all of them            [ms]  %8.2f  %8.2f  %6.2f\n", bus.best.seconds * 1e3,
              floor.seconds * 1e3, bus.best.seconds / floor.seconds);
  std::printf("CPU of the server per delivered message  [us]  %8.2f  %8.2f  %6.2f\n", bus.best.cpu_seconds * each,
              floor.cpu_seconds * each, bus.best.cpu_seconds / floor.cpu_seconds);
  std::printf("memory of the server per parked poll  [bytes]  %8.0f   (connection, session, subscription)\n",
              bus.resident / static_cast<double>(size));
  std::printf("polls that missed a message                    %8zu\n", bus.missed);
  return bus.missed == 0 ? 0 : 1;
}
