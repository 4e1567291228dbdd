#pragma once

#include <string>
#include <string_view>

namespace bayeux::simulation {

/// What must hold; README.md has them as a table.
enum class Check { order, lost, twice, uninvited, answers, session_end, limits, stuck, clean_end };

constexpr std::string_view name_of(Check check) {
  constexpr std::string_view names[] = {"order",       "lost",   "twice", "uninvited", "answers",
                                        "session_end", "limits", "stuck", "clean_end"};
  return names[static_cast<int>(check)];
}

/// The first thing that was broken in a run.
struct Failure {
  Check check;
  std::string text;
};

}  // namespace bayeux::simulation
