#include "run_here.hpp"

#include <deque>
#include <utility>

namespace bayeux::loopback {
namespace {

thread_local std::deque<std::function<void()>>* running = nullptr;

}  // namespace

bool is_running_here() noexcept {
  return running != nullptr;
}

void run_here(std::function<void()> task) {
  if (running != nullptr) {
    running->push_back(std::move(task));
    return;
  }
  std::deque<std::function<void()>> tasks;
  tasks.push_back(std::move(task));
  running = &tasks;
  while (!tasks.empty()) {
    const auto next = std::move(tasks.front());
    tasks.pop_front();
    next();
  }
  running = nullptr;
}

}  // namespace bayeux::loopback
