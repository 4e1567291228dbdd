#include <bayeux/prometheus.hpp>

#include <array>
#include <charconv>
#include <cstddef>

namespace bayeux {
namespace {

std::string text_of(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::string(digits.data(), end);
}

}  // namespace

void PrometheusText::head(const std::string& name, std::string_view help, std::string_view type) {
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void PrometheusText::add(std::string_view name, std::uint64_t value, std::string_view help, bool counts_up) {
  std::string whole = prefix_;
  whole.append("_").append(name).append(counts_up ? "_total" : "");
  head(whole, help, counts_up ? "counter" : "gauge");
  text_.append(whole).append(" ").append(std::to_string(value)).append("\n");
}

void PrometheusText::add(std::string_view name, const Histogram& histogram, std::string_view help) {
  std::string whole = prefix_;
  whole.append("_").append(name);
  head(whole, help, "histogram");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    count += histogram.counts[i];
    const auto bound = i < histogram.bounds.size() ? text_of(histogram.bounds[i]) : std::string("+Inf");
    text_.append(whole).append("_bucket{le=\"").append(bound).append("\"} ").append(std::to_string(count)).append("\n");
  }
  text_.append(whole).append("_sum ").append(text_of(histogram.sum)).append("\n");
  text_.append(whole).append("_count ").append(std::to_string(count)).append("\n");
}

void PrometheusText::add(const Stats& stats) {
  stats.for_each([this](std::string_view name, std::uint64_t value, std::string_view help, bool counts_up) {
    add(name, value, help, counts_up);
  });
  add("fan_out", stats.fan_out, "Receivers of each publish");
  add("latency_seconds", stats.latency, "Time from a publish until a transport took the message");
}

}  // namespace bayeux
