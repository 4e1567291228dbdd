// What a session costs that waits: memory, and no time.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "engine_client.hpp"
#include "engine_row.hpp"

namespace bayeux::bench {
namespace {

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) give_up("/proc/self/statm cannot be read");
  long all = 0;
  long resident = 0;
  if (std::fscanf(file, "%ld %ld", &all, &resident) != 2) give_up("/proc/self/statm is not as expected");
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double cpu_milliseconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

/// The loop that a host has: sleeps until the bus wants to look at the clock.
class Loop final {
 public:
  explicit Loop(Bus& bus) : bus_(bus) {
    bus_.set_alarm([this] { ring(); });
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    ring();
    thread_.join();
    bus_.set_alarm({});
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_one();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
      rung_ = false;
      lock.unlock();
      bus_.run_due();
      const auto next = bus_.next_deadline();
      lock.lock();
      const auto until = next.value_or(std::chrono::steady_clock::now() + std::chrono::hours(1));
      changed_.wait_until(lock, until, [this] { return rung_ || ended_; });
    }
  }

  Bus& bus_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace

/// Each has shaken hands and connected twice over a link of its own, which has a carrier of its own; the second connect
/// is held. Counted is all that this takes, the list of links included. Nobody is subscribed to anything.
std::vector<Row> measure_idle(const Scale& scale) {
  const auto count = scale.of(1'000'000);
  const auto each = static_cast<double>(count);
  Config config = roomy_config();
  // Who is idle waits: nobody's time is to be up while a million shake hands.
  config.timeout = Milliseconds(600'000);
  Bus bus(config);
  std::vector<std::unique_ptr<Link>> links;
  const double before = resident_bytes();
  links.reserve(count);
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    EngineClient client(bus, Carriage::lasting);
    answered += client.park() ? 0 : 1;
    links.push_back(std::move(client).hand_over());
  }
  const double after = resident_bytes();

  Row memory{"idle_memory", "memory per idle session, in-process carrier", (after - before) / each, "bytes", 700};
  memory.beside = {{"sessions", each}, {"resident_mb", after / 1e6}};
  Row cpu{"idle_cpu", "CPU while they are idle", 0, "% of a core", 0.1};
  {
    const Loop loop(bus);
    const auto span = std::chrono::milliseconds(scale.quick ? 200 : 4'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const double cpu_before = cpu_milliseconds();
    std::this_thread::sleep_for(span);
    const double used = cpu_milliseconds() - cpu_before;
    cpu.figure = 100 * used / static_cast<double>(span.count());
    cpu.beside = {{"cpu_ms", used}, {"seconds", static_cast<double>(span.count()) / 1e3}};
  }
  if (answered != 0 || bus.stats().clients != count) memory.wrong = "not every connect was held";
  return {std::move(memory), std::move(cpu)};
}

}  // namespace bayeux::bench
