#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::simulation {

/// What can go wrong or make things hard, and can be turned off.
enum class Fault {
  cut_before,     ///< A connection breaks before its request arrives.
  cut_held,       ///< It breaks while the request waits, and the server notices.
  lost_response,  ///< It breaks when the response is under way.
  duplicate,      ///< A proxy sends a connect twice.
  impatience,     ///< A client takes its connection for broken, and sends a second connect.
  cut_socket,     ///< A lasting connection breaks, with what is under way.
  stall,          ///< A lasting connection takes nothing for a while.
  late_wake,      ///< A transport comes late when it was woken.
  partial,        ///< A transport takes little at once.
  jump,           ///< The clock jumps, as after a machine was suspended.
  kick,           ///< The application ends sessions.
  vanish,         ///< Clients go without a word, and come back after a while.
  goodbye,        ///< Clients disconnect, and come back.
  lazy,           ///< Messages that wake nobody.
  batch,          ///< The application holds delivery back.
  overflow,       ///< Queues are small.
  rate,           ///< Clients may not publish as often as they do.
  acknowledge,    ///< Clients acknowledge.
  drain,          ///< In the end the bus lets its clients go.
  size
};

constexpr auto all_faults = static_cast<std::size_t>(Fault::size);

std::string_view name_of(Fault fault);
std::optional<Fault> fault_of(std::string_view name);

/// A run, as data: what is the same in two plans happens the same way in both.
struct Plan {
  std::uint64_t seed = 1;
  int steps = 120;
  int clients = 8;  ///< At most; the seed says how many.
  std::bitset<all_faults> without;

  /// Steps that are left out.
  std::vector<int> skipped;

  /// The event of that number, of all that clients are sent, never reaches its client: the simulation must notice. 0 for
  /// none.
  int sabotage = 0;

  bool has(Fault fault) const { return !without.test(static_cast<std::size_t>(fault)); }
  bool takes(int step) const;
};

/// What to type to run it again.
std::string command_line(const Plan& plan);

}  // namespace bayeux::simulation
