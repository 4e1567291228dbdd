#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/transports/loopback.hpp>

namespace bayeux::test {

/// Collects what a handler gets.
struct Heard {
  std::vector<std::string> texts;
  Loopback::Handler handler() {
    return
        [this](const Message& message) { texts.push_back(message.channel + " " + std::string(message.data.text())); };
  }
};

/// Runs tasks when the test says so.
struct Later {
  std::deque<std::function<void()>> tasks;
  Loopback::Executor executor() {
    return [this](std::function<void()> task) { tasks.push_back(std::move(task)); };
  }
  void run() {
    for (; !tasks.empty(); tasks.pop_front()) tasks.front()();
  }
};

}  // namespace bayeux::test
