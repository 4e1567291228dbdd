#pragma once

#include <mutex>

namespace bayeux::engine {

/// A mutex for work of a microsecond or less: whoever finds it taken looks again for a moment before going to sleep,
/// which costs more than most waits.
class SpinningMutex final {
 public:
  void lock() {
    for (int i = 0; i < patience; ++i) {
      if (mutex_.try_lock()) return;
      pause();
    }
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  /// A few microseconds.
  static constexpr int patience = 100;

  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::mutex mutex_;
};

}  // namespace bayeux::engine
