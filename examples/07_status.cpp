#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

using bayeux::Json;

namespace {

/// A plant full of sensors. Each reading is published twice, for comparison: on `/urgent/<sensor>`, and on
/// `/lazy/<sensor>`, which can wait for others.
class Plant final {
 public:
  static constexpr int sensors = 48;

  explicit Plant(bayeux::Bus& bus) : bus_(bus), readings_(sensors, 20.0) {
    bus.channel("/lazy/*").configure({.lazy = true, .lazy_timeout = std::chrono::seconds(2)});
    bus.channel("/wakes").configure({.lazy = true});
    for (const char* pattern : {"/urgent/*", "/lazy/*"}) {
      snapshots_.push_back(bus.channel(pattern).on_snapshot([this](auto& snapshot) { show_all(snapshot); }));
    }
  }

  /// One sensor measures.
  void measure() {
    // Under one lock with the change, so that a newcomer's snapshot holds it or is followed by it, and never both.
    const std::lock_guard lock(mutex_);
    const int sensor = std::uniform_int_distribution(0, sensors - 1)(random_);
    double& reading = readings_[static_cast<std::size_t>(sensor)];
    reading = std::clamp(reading + std::normal_distribution(0.0, 3.0)(random_), 0.0, 60.0);
    ++measured_;
    const auto before = bus_.stats().wakes;
    bus_.channel("/urgent/" + std::to_string(sensor)).publish(as_json(reading));
    urgent_wakes_ += bus_.stats().wakes - before;
    bus_.channel("/lazy/" + std::to_string(sensor)).publish(as_json(reading));
  }

  /// How often a connection had to be woken so far: for urgent readings, and for all that is lazy.
  void report() {
    const std::lock_guard lock(mutex_);
    const auto others = bus_.stats().wakes - urgent_wakes_;
    bus_.channel("/wakes").publish(
        Json::object({{"measured", measured_}, {"urgent", urgent_wakes_}, {"lazy", others}}));
  }

 private:
  static Json as_json(double reading) { return Json::object({{"celsius", std::round(reading * 10) / 10}}); }

  /// Who has just come sees all sensors at once, and not only those that measure from now on.
  void show_all(bayeux::Snapshot& snapshot) {
    const std::lock_guard lock(mutex_);
    std::string channel = snapshot.channel().name();
    channel.pop_back();
    for (int sensor = 0; sensor < sensors; ++sensor) {
      snapshot.deliver(channel + std::to_string(sensor), as_json(readings_[static_cast<std::size_t>(sensor)]));
    }
  }

  bayeux::Bus& bus_;
  std::mutex mutex_;
  std::mt19937 random_{std::random_device{}()};
  std::vector<double> readings_;
  std::uint64_t measured_ = 0;
  std::uint64_t urgent_wakes_ = 0;
  std::vector<bayeux::Registration> snapshots_;
};

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  Plant plant(bus);
  bayeux::AsioServer server(bus, options.server);
  server.every(std::chrono::milliseconds(40), [&] { plant.measure(); });
  server.every(std::chrono::seconds(1), [&] { plant.report(); });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
