#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "client.hpp"

namespace bayeux::bench {

/// The command line of the load generator; what is 0 takes the default of its shape.
struct LoadOptions {
  std::string shape;
  Target target;
  pid_t pid = 0;               ///< Of the server, for its CPU time and memory; 0 measures neither.
  std::size_t clients = 0;     ///< Subscribers.
  std::size_t publishers = 4;  ///< Of the shapes in which subscribers do not publish.
  std::size_t rate = 0;        ///< Messages a second.
  double seconds = 10;
  double warm_up = 2;  ///< Seconds.
  std::size_t rounds = 11;
  std::size_t payload = 0;  ///< Bytes of `data`.
  std::size_t rooms = 100;
  std::size_t rooms_per_client = 10;
  std::size_t batch = 10;  ///< Messages of a publish, in rooms.
};

/// Prints the usage and ends the program when it cannot be read.
LoadOptions parse_load_options(int count, char* values[]);

}  // namespace bayeux::bench
