#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/stats.hpp>

namespace bayeux {

/// Numbers as text that Prometheus reads (its exposition format 0.0.4: send it as `text/plain; version=0.0.4`).
///
///     bayeux::PrometheusText text;
///     text.add(bus.stats());
///     text.add_all("http", endpoint.stats().http);
///     answer(text.text());
///
/// Threads: one at a time.
class PrometheusText final {
 public:
  /// Every name begins with `prefix` and `_`.
  explicit PrometheusText(std::string prefix = "bayeux") : prefix_(std::move(prefix)) {}

  /// A number that `counts_up`, whose name is given `_total` at its end, or one that does not. Names are letters, digits
  /// and `_`, and each is added once.
  void add(std::string_view name, std::uint64_t value, std::string_view help, bool counts_up);
  void add(std::string_view name, const Histogram& histogram, std::string_view help);

  /// All numbers of a bus.
  void add(const Stats& stats);

  /// All numbers of anything that has a `for_each` as Stats does; `part` comes before their names.
  template <class Numbers>
  void add_all(std::string_view part, const Numbers& numbers) {
    numbers.for_each([&](std::string_view name, std::uint64_t value, std::string_view help, bool counts_up) {
      add(std::string(part).append("_").append(name), value, help, counts_up);
    });
  }

  const std::string& text() const noexcept { return text_; }

 private:
  void head(const std::string& name, std::string_view help, std::string_view type);

  std::string prefix_;
  std::string text_;
};

}  // namespace bayeux
