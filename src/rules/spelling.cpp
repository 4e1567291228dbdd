#include "spelling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "document.hpp"

namespace bayeux::rules {
namespace {

constexpr std::size_t longest_compared = 64;

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' || c == ' ' ? '_' : c;
}

/// How many characters must be put in, taken out or exchanged (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t(0));
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (folded(a[i]) == folded(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchanged, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  const std::string* nearest = nullptr;
  std::size_t least = std::clamp<std::size_t>((name.size() + 1) / 3, 1, 3) + 1;
  for (const auto& candidate : names) {
    if (name.size() > longest_compared || candidate.size() > longest_compared) continue;
    const std::size_t far = distance(name, candidate);
    if (far >= least) continue;
    least = far;
    nearest = &candidate;
  }
  return nearest == nullptr ? std::string() : "; did you mean " + in_quotes(*nearest) + "?";
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) all += i + 1 == names.size() ? " or " : ", ";
    all += in_quotes(names[i]);
  }
  return all;
}

}  // namespace bayeux::rules
