#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/transports/loopback.hpp>

#include "support/catch.hpp"

using namespace bayeux;

namespace {

/// Threads that run what is posted to them.
class Pool {
 public:
  explicit Pool(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    post({});
    for (auto& thread : threads_) thread.join();
  }
  void post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    ready_.notify_one();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ready_.wait(lock, [this] { return !tasks_.empty(); });
      if (!tasks_.front()) {
        ready_.notify_all();
        return;
      }
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
};

/// What one client heard of several publishers. Not guarded: handlers run one at a time.
struct Tally {
  std::map<std::string, std::int64_t> last;
  std::int64_t count = 0;
  bool in_order = true;
  std::atomic<int> inside{0};
  std::atomic<bool> alone{true};

  void hear(const Message& message) {
    if (++inside != 1) alone = false;
    auto& last_of_channel = last[message.channel];
    const auto number = message.data.json().as_integer();
    if (number != last_of_channel + 1) in_order = false;
    last_of_channel = number;
    ++count;
    --inside;
  }
};

constexpr int publishers = 4;
constexpr int messages = 500;

void join_all(std::vector<std::thread>& threads) {
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("publishers on many threads reach one client, each in its order", "[loopback][threads]") {
  Bus bus;
  Tally tally;
  {
    Loopback client(bus);
    client.subscribe("/p/*", [&](const Message& message) { tally.hear(message); });
    std::vector<std::thread> threads;
    for (int p = 0; p < publishers; ++p) {
      threads.emplace_back([&, p] {
        const auto channel = bus.channel("/p/" + std::to_string(p));
        for (int i = 1; i <= messages; ++i) channel.publish(i);
      });
    }
    join_all(threads);
    // A thread may still find the turn taken and leave; whoever has it finishes before it gives it up.
    client.unsubscribe("/p/*");
  }
  CHECK(tally.count == publishers * messages);
  CHECK(tally.in_order);
  CHECK(tally.alone);
}

TEST_CASE("one client is used by many threads at once", "[loopback][threads]") {
  Bus bus;
  Tally tally;
  std::atomic<int> acknowledged{0};
  {
    Pool pool(2);
    std::mutex mutex;
    std::condition_variable all_heard;
    bool complete = false;
    Loopback client(bus, [&](std::function<void()> task) { pool.post(std::move(task)); });
    client.subscribe("/p/*", [&](const Message& message) {
      tally.hear(message);
      if (tally.count < publishers * messages) return;
      const std::lock_guard lock(mutex);
      complete = true;
      all_heard.notify_all();
    });
    std::vector<std::thread> threads;
    for (int p = 0; p < publishers; ++p) {
      threads.emplace_back([&, p] {
        const auto own = "/q/" + std::to_string(p);
        for (int i = 1; i <= messages; ++i) {
          client.publish("/p/" + std::to_string(p), i, [&](const Message& reply) {
            if (reply.successful.value_or(false)) ++acknowledged;
          });
          if (i % 50 == 0) client.subscribe(own, [](const Message&) {});
          if (i % 70 == 0) client.unsubscribe(own);
        }
      });
    }
    join_all(threads);
    std::unique_lock lock(mutex);
    all_heard.wait(lock, [&] { return complete; });
  }
  CHECK(tally.in_order);
  CHECK(tally.alone);
  CHECK(acknowledged <= publishers * messages);
  CHECK(acknowledged > 0);
}

TEST_CASE("clients come and go while others publish", "[loopback][threads]") {
  Bus bus;
  Pool pool(2);
  std::atomic<bool> stop{false};
  std::atomic<int> heard{0};
  std::vector<std::thread> threads;
  for (int p = 0; p < 2; ++p) {
    threads.emplace_back([&] {
      while (!stop) bus.channel("/a").publish(1);
    });
  }
  for (int i = 0; i < 50; ++i) {
    // After its destructor neither the counter nor the executor may be touched.
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto executor = std::make_unique<std::atomic<int>>(0);
    Loopback::Executor post;
    if (i % 2 == 0) {
      post = [&pool, uses = executor.get()](std::function<void()> task) {
        ++*uses;
        pool.post(std::move(task));
      };
    }
    {
      Loopback client(bus, std::move(post));
      client.subscribe("/a", [&, counter = alive.get()](const Message&) { ++*counter; });
      client.publish("/a", 2);
      while (i % 5 == 0 && *alive == 0) std::this_thread::yield();
    }
    heard += *alive;
  }
  stop = true;
  join_all(threads);
  CHECK(heard > 0);
  CHECK(bus.stats().clients == 0);
}

TEST_CASE("destroying waits for a handler on another thread", "[loopback][threads]") {
  Bus bus;
  std::atomic<bool> entered{false};
  std::atomic<bool> may_leave{false};
  std::atomic<bool> left{false};
  auto client = std::make_unique<Loopback>(bus);
  client->subscribe("/a", [&](const Message&) {
    entered = true;
    while (!may_leave) std::this_thread::yield();
    left = true;
  });
  std::thread publisher([&] { bus.channel("/a").publish(1); });
  while (!entered) std::this_thread::yield();
  std::thread helper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    may_leave = true;
  });
  client.reset();
  CHECK(left);
  publisher.join();
  helper.join();
}
