#pragma once

#include <csignal>

/// Waits until somebody wants the program to end: ctrl+c, or `kill`. Make it before any thread is started, so that no
/// other thread is interrupted by it.
class StopSignals final {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  void wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_{};
};
