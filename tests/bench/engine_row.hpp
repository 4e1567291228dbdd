#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::bench {

/// One row of the table: what was measured, and what it is to reach.
struct Row {
  std::string name;
  std::string what;
  double figure = 0;
  std::string unit;
  double reach = 0;

  /// Whether more is better.
  bool at_least = false;

  /// Figures beside it, each with its unit in its name.
  std::vector<std::pair<std::string, double>> beside;

  /// What went wrong, however fast it was; empty when nothing did.
  std::string wrong;

  /// As one JSON object.
  std::string text() const;
};

/// How large a measurement is.
struct Scale {
  bool quick = false;

  /// `full`, or about a hundredth of it.
  std::size_t of(std::size_t full) const noexcept { return quick ? full / 100 : full; }
};

std::vector<Row> measure_idle(const Scale& scale);
std::vector<Row> measure_publish(const Scale& scale);
std::vector<Row> measure_channels(const Scale& scale);
std::vector<Row> measure_handshakes(const Scale& scale);
std::vector<Row> measure_lazy(const Scale& scale);
std::vector<Row> measure_threads(const Scale& scale);

}  // namespace bayeux::bench
