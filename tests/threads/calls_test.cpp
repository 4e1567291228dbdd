#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

constexpr int calls = 300;
constexpr int callers = 4;

/// Where handlers leave their calls for the threads that answer.
class Counter final {
 public:
  void push(Call call) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(call));
    changed_.notify_one();
  }

  /// Nothing when the counter has closed.
  std::optional<Call> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    return call;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Call> waiting_;
  bool closed_ = false;
};

/// A client with a lasting connection, which calls and waits for the answer.
class Caller final {
 public:
  explicit Caller(Bus& bus) : link_(bus.open_link({"in-process", true, false, std::nullopt}, carrier_)) {
    link_->receive(R"({"channel":"/meta/handshake"})");
    for (const auto& frame : link_->take(1 << 20)) id_ = Message::from(*Json::parse(frame.text())).client_id;
  }

  const std::string& id() const noexcept { return id_; }

  /// Sends a call, and gives all that came up to its answer.
  std::vector<Message> call(const std::string& service, int number) {
    const Json id(std::to_string(number));
    link_->receive(R"({"channel":"/service/)" + service + R"(","clientId":")" + id_ + R"(","id":)" + id.text() +
                   R"(,"data":)" + std::to_string(number) + "}");
    std::vector<Message> events;
    while (events.empty() || events.back().id != id) {
      while (!link_->ready()) carrier_->wait();
      for (const auto& frame : link_->take(1 << 20)) {
        auto message = Message::from(*Json::parse(frame.text()));
        if (message.data.present()) events.push_back(std::move(message));
      }
    }
    return events;
  }

 private:
  std::shared_ptr<WaitingCarrier> carrier_ = std::make_shared<WaitingCarrier>();
  std::unique_ptr<Link> link_;
  std::string id_;
};

/// Answers in one of the ways there are, and counts the answers that were taken.
void serve(Counter& counter, std::atomic<int>& taken, Crowd::Random& random) {
  while (auto call = counter.pop()) {
    switch (up_to(random, 3)) {
      case 0:
        taken += call->answer(call->data()) ? 0 : 1;
        break;
      case 1:
        taken += call->fail(call->data()) ? 0 : 1;
        break;
      case 2:
        counter.push(*call);
        taken += call->answer(call->data()) ? 0 : 1;
        break;
      default:
        break;
    }
  }
}

}  // namespace

TEST_CASE("every call is answered exactly once, whoever answers it or lets it go", "[threads][calls]") {
  CAPTURE(seed());
  const Watchdog watchdog("every call is answered exactly once");
  Bus bus;
  Counter counter;
  std::atomic<int> taken{0};
  std::atomic<int> heard{0};
  const auto room = bus.add_remote_call("room/{id}", [&](const Call& call) {
    // Several may answer the same call at once.
    counter.push(call);
    counter.push(call);
  });
  const auto listening = bus.add_service("/service/{what}/{id}", [&](const Call& call) {
    if (call.parameter("what") == "room") ++heard;
  });
  Crowd workers(seed());
  for (int i = 0; i < 3; ++i) workers.add([&](Crowd::Random& random) { serve(counter, taken, random); });

  std::vector<int> answered(callers);
  std::vector<int> let_go(callers);
  Crowd crowd(seed() + 100);
  for (std::size_t i = 0; i < callers; ++i) {
    crowd.add([&, i](Crowd::Random& random) {
      Caller caller(bus);
      for (int number = 1; number <= calls; ++number) {
        for (const auto& event : caller.call("room/" + std::to_string(up_to(random, 9)), number)) {
          answered[i] += event.id == Json(std::to_string(number)) ? 1 : 1000;
          let_go[i] += event.data["error"].is_null() ? 0 : 1;
        }
      }
    });
  }
  crowd.join();
  counter.close();
  workers.join();
  int failures = 0;
  for (const int count : let_go) failures += count;
  for (const int count : answered) CHECK(count == calls);
  CHECK(taken + failures == callers * calls);
  CHECK(heard == callers * calls);
}

TEST_CASE("services come and go while they are called", "[threads][calls]") {
  CAPTURE(seed());
  const Watchdog watchdog("services come and go while they are called");
  Bus bus;
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  const auto answering = bus.add_remote_call("{x}", [](const Call& call) { call.answer("all"); });
  Crowd meddlers(seed());
  for (int i = 0; i < 2; ++i) {
    meddlers.add([&](Crowd::Random&) {
      while (!stop) {
        const auto handler = [&](const Call& call) {
          if (call.parameter("y") != "" && call.parameter("y") != "a") ++wrong;
        };
        auto exact = bus.add_service("/service/a", handler);
        const auto pattern = bus.add_remote_call("{y}", handler);
        exact.cancel();
      }
    });
  }
  Crowd crowd(seed() + 100);
  for (int i = 0; i < callers; ++i) {
    crowd.add([&](Crowd::Random&) {
      Caller caller(bus);
      for (int number = 1; number <= calls; ++number) {
        const auto events = caller.call("a", number);
        if (events.size() != 1 || events[0].data.json() != Json("all")) ++wrong;
      }
    });
  }
  crowd.join();
  stop = true;
  meddlers.join();
  CHECK(wrong == 0);
}

TEST_CASE("what is said about clients while they leave goes with them", "[threads][calls]") {
  CAPTURE(seed());
  const Watchdog watchdog("what is said about clients while they leave goes with them");
  const auto value = std::make_shared<int>(1);
  Bus bus;
  std::mutex mutex;
  std::vector<Client> known;
  std::atomic<bool> stop{false};
  Crowd talkers(seed());
  for (int i = 0; i < 3; ++i) {
    talkers.add([&](Crowd::Random& random) {
      while (!stop) {
        Client client;
        {
          const std::lock_guard lock(mutex);
          if (!known.empty())
            client = known[static_cast<std::size_t>(up_to(random, static_cast<int>(known.size()) - 1))];
        }
        client.set_attribute("v", value);
        client.set_user("user" + std::to_string(up_to(random, 2)));
        client.set_timeout(Milliseconds(up_to(random, 1000)));
        bus.user("user1").deliver("/a", 1);
        client.attribute<std::shared_ptr<int>>("v");
        if (up_to(random, 4) == 0) client.set_user("");
      }
    });
  }
  Crowd crowd(seed() + 100);
  for (int i = 0; i < callers; ++i) {
    crowd.add([&](Crowd::Random& random) {
      for (int round = 0; round < calls; ++round) {
        Caller caller(bus);
        const Client client = bus.client(caller.id());
        {
          const std::lock_guard lock(mutex);
          if (known.size() > 8) known.erase(known.begin());
          known.push_back(client);
        }
        if (up_to(random, 1) == 0) std::this_thread::yield();
        client.disconnect();
      }
    });
  }
  crowd.join();
  stop = true;
  talkers.join();
  CHECK(bus.stats().clients == 0);
  CHECK(value.use_count() == 1);
  for (const char* user : {"user0", "user1", "user2"}) CHECK(bus.user(user).clients().empty());
}

}  // namespace bayeux::test
