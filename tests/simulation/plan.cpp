#include "plan.hpp"

#include <algorithm>

namespace bayeux::simulation {
namespace {

constexpr std::array<std::string_view, all_faults> fault_names{
    "cut_before", "cut_held", "lost_response", "duplicate", "impatience", "cut_socket", "stall",
    "late_wake",  "partial",  "jump",          "kick",      "vanish",     "goodbye",    "lazy",
    "batch",      "overflow", "rate",          "acknowledge", "drain"};

std::string faults_text(const Plan& plan) {
  std::string text;
  for (std::size_t i = 0; i < all_faults; ++i) {
    if (!plan.without.test(i)) text.append(text.empty() ? "" : ",").append(fault_names[i]);
  }
  return text.empty() ? "nothing" : text;
}

/// Such as `0..42,44`.
std::string skipped_text(const Plan& plan) {
  std::string text;
  for (int step = 0; step < plan.steps; ++step) {
    if (plan.takes(step)) continue;
    text.append(text.empty() ? "" : ",").append(std::to_string(step));
    const int first = step;
    while (step + 1 < plan.steps && !plan.takes(step + 1)) ++step;
    if (step > first) text.append("..").append(std::to_string(step));
  }
  return text;
}

}  // namespace

std::string_view name_of(Fault fault) {
  return fault_names[static_cast<std::size_t>(fault)];
}

std::optional<Fault> fault_of(std::string_view name) {
  const auto found = std::find(fault_names.begin(), fault_names.end(), name);
  if (found == fault_names.end()) return std::nullopt;
  return static_cast<Fault>(found - fault_names.begin());
}

bool Plan::takes(int step) const {
  return std::find(skipped.begin(), skipped.end(), step) == skipped.end();
}

std::string command_line(const Plan& plan) {
  std::string text = "simulate --seed " + std::to_string(plan.seed) + " --steps " + std::to_string(plan.steps);
  if (plan.clients < Plan().clients) text += " --clients " + std::to_string(plan.clients);
  if (plan.without.any()) text += " --only " + faults_text(plan);
  if (!plan.skipped.empty()) text += " --skip " + skipped_text(plan);
  if (plan.sabotage != 0) text += " --sabotage " + std::to_string(plan.sabotage);
  return text + " --trace";
}

}  // namespace bayeux::simulation
