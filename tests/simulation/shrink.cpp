#include "shrink.hpp"

#include <algorithm>
#include <vector>

#include "run.hpp"

namespace bayeux::simulation {
namespace {

bool fails(const Plan& plan, Check check) {
  const auto failure = run(plan).failure;
  return failure && failure->check == check;
}

/// Keeps what `change` does when it still fails.
template <class Change>
bool attempt(Plan& plan, Check check, Change change) {
  Plan smaller = plan;
  change(smaller);
  if (!fails(smaller, check)) return false;
  plan = std::move(smaller);
  return true;
}

/// Leaves out as many steps as possible, in large pieces first.
void leave_out_steps(Plan& plan, Check check) {
  for (int size = std::max(plan.steps / 2, 1); size > 0; size /= 2) {
    for (int from = 0; from < plan.steps; from += size) {
      attempt(plan, check, [&](Plan& smaller) {
        for (int step = from; step < std::min(from + size, plan.steps); ++step) {
          if (smaller.takes(step)) smaller.skipped.push_back(step);
        }
      });
    }
  }
}

/// A run without the steps at the end that are left out anyway is shorter; it may be another one.
void cut_end(Plan& plan, Check check) {
  attempt(plan, check, [](Plan& smaller) {
    while (smaller.steps > 0 && !smaller.takes(smaller.steps - 1)) std::erase(smaller.skipped, --smaller.steps);
  });
}

}  // namespace

Plan shrunk(Plan plan, Check check) {
  for (std::size_t fault = 0; fault < all_faults; ++fault) {
    attempt(plan, check, [&](Plan& smaller) { smaller.without.set(fault); });
  }
  for (int clients = 1; clients < plan.clients; ++clients) {
    if (attempt(plan, check, [&](Plan& smaller) { smaller.clients = clients; })) break;
  }
  leave_out_steps(plan, check);
  cut_end(plan, check);
  return plan;
}

}  // namespace bayeux::simulation
