#pragma once

#include <functional>

namespace bayeux::loopback {

/// Runs a task on this thread: now, or after the one that this thread is running already. So clients which answer
/// each other take turns and do not nest, however many they are. The task must not throw.
void run_here(std::function<void()> task);

/// True within such a task.
bool is_running_here() noexcept;

}  // namespace bayeux::loopback
