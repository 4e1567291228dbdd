#include <algorithm>
#include <cmath>
#include <vector>

#include <bayeux/json.hpp>

namespace bayeux {
namespace {

/// The members that count, by name: the last one of every name.
std::vector<const Json::Member*> effective(const Json::Object& members) {
  std::vector<const Json::Member*> all;
  all.reserve(members.size());
  for (auto member = members.rbegin(); member != members.rend(); ++member) all.push_back(&*member);
  std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  const auto same_name = [](const auto* a, const auto* b) { return a->first == b->first; };
  all.erase(std::unique(all.begin(), all.end(), same_name), all.end());
  return all;
}

/// Order says nothing in JSON.
bool equal_objects(const Json::Object& a, const Json::Object& b) {
  const auto left = effective(a);
  const auto right = effective(b);
  const auto same = [](const auto* x, const auto* y) { return *x == *y; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), same);
}

/// As std::cmp_equal, and for doubles too: 1 is 1.0, but 2^53 + 1 is not the double next to it.
template <class A, class B>
bool equal_numbers(A a, B b) noexcept {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    return std::cmp_equal(a, b);
  } else if constexpr (std::is_integral_v<A>) {
    return equal_numbers(b, a);
  } else if constexpr (std::is_integral_v<B>) {
    const double end = std::is_signed_v<B> ? 0x1p63 : 0x1p64;
    return a >= -0x1p63 && a < end && (a >= 0 || std::is_signed_v<B>)&&a == std::trunc(a) && static_cast<B>(a) == b;
  } else {
    return a == b;
  }
}

template <class T>
constexpr bool is_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

}  // namespace

bool operator==(const Json& a, const Json& b) noexcept {
  return std::visit(
      [](const auto& x, const auto& y) -> bool {
        using X = std::decay_t<decltype(x)>;
        using Y = std::decay_t<decltype(y)>;
        if constexpr (is_number<X> && is_number<Y>) {
          return equal_numbers(x, y);
        } else if constexpr (!std::is_same_v<X, Y>) {
          return false;
        } else if constexpr (std::is_same_v<X, Json::Object>) {
          return equal_objects(x, y);
        } else {
          return x == y;
        }
      },
      a.value_, b.value_);
}

}  // namespace bayeux
