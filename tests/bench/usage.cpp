#include "usage.hpp"

#include <ctime>
#include <fstream>
#include <string>

#include "net.hpp"

namespace bayeux::bench {

double cpu_seconds(pid_t process) {
  clockid_t clock;
  timespec time;
  if (::clock_getcpuclockid(process, &clock) != 0) fail("there is no such process");
  if (::clock_gettime(clock, &time) != 0) fail("clock_gettime");
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double resident_bytes(pid_t process) {
  std::ifstream rollup("/proc/" + std::to_string(process) + "/smaps_rollup");
  for (std::string word; rollup >> word;) {
    double kilobytes = 0;
    if (word == "Rss:" && rollup >> kilobytes) return kilobytes * 1024;
  }
  fail("smaps_rollup of the server cannot be read");
}

}  // namespace bayeux::bench
