#pragma once

#include <sys/types.h>

namespace bayeux::bench {

/// CPU time that a process has used so far, with all its threads; 0 stands for the calling one.
double cpu_seconds(pid_t process);

/// Bytes of a process that are in memory now.
double resident_bytes(pid_t process);

}  // namespace bayeux::bench
