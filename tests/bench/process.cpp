#include "process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "crowd.hpp"

namespace bayeux::bench {

Usage Usage::now() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return {seconds(used.ru_utime) + seconds(used.ru_stime), resident * static_cast<double>(::sysconf(_SC_PAGESIZE))};
}

Process::Process(const std::function<void(const std::function<void(std::uint16_t)>&)>& server) {
  int ends[2];
  if (::pipe(ends) != 0) fail("pipe");
  child_ = ::fork();
  if (child_ < 0) fail("fork");
  if (child_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    server([&](std::uint16_t port) {
      if (::write(ends[1], &port, sizeof port) != sizeof port) fail("write");
    });
    ::_exit(0);
  }
  if (::read(ends[0], &port_, sizeof port_) != sizeof port_) fail("the server did not start");
  ::close(ends[0]);
  ::close(ends[1]);
}

Process::~Process() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

}  // namespace bayeux::bench
