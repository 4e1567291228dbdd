#include <bayeux/json.hpp>

#include <algorithm>
#include <cmath>

namespace bayeux {
namespace {

/// What is read where there is nothing; made on first use, since a host's globals may be made before ours.
template <class T>
const T& nothing() noexcept {
  static const T value;
  return value;
}

/// 2^63: the first double beyond std::int64_t.
constexpr double int64_end = 9223372036854775808.0;

bool is_whole(double value) noexcept {
  return value >= -int64_end && value < int64_end && value == std::trunc(value);
}

bool is_pair(const Json& item) noexcept {
  return item.is_array() && item.size() == 2 && item[0].is_string();
}

template <class Members>
auto last_of(Members& members, std::string_view name) noexcept {
  return std::find_if(members.rbegin(), members.rend(), [name](const auto& member) { return member.first == name; });
}

}  // namespace

Json::Json(std::initializer_list<Json> items) {
  if (!std::all_of(items.begin(), items.end(), is_pair)) {
    value_ = Array(items);
    return;
  }
  Object members;
  members.reserve(items.size());
  for (const Json& item : items) members.emplace_back(item[0].as_string(), item[1]);
  value_ = std::move(members);
}

Json Json::array(std::initializer_list<Json> items) {
  return Json(Array(items));
}

Json Json::object(std::initializer_list<Member> members) {
  return Json(Object(members));
}

bool Json::is_number() const noexcept {
  return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_) ||
         std::holds_alternative<double>(value_);
}

bool Json::is_integer() const noexcept {
  if (const double* value = std::get_if<double>(&value_)) return is_whole(*value);
  return is_number();
}

bool Json::as_bool(bool otherwise) const noexcept {
  const bool* value = std::get_if<bool>(&value_);
  return value != nullptr ? *value : otherwise;
}

std::int64_t Json::as_integer(std::int64_t otherwise) const noexcept {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<std::uint64_t>(&value_)) {
    return std::in_range<std::int64_t>(*value) ? static_cast<std::int64_t>(*value) : otherwise;
  }
  if (const double* value = std::get_if<double>(&value_); value != nullptr && is_whole(*value)) {
    return static_cast<std::int64_t>(*value);
  }
  return otherwise;
}

double Json::as_double(double otherwise) const noexcept {
  if (const double* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*value);
  return otherwise;
}

const std::string& Json::as_string() const noexcept {
  const auto* value = std::get_if<std::string>(&value_);
  return value != nullptr ? *value : nothing<std::string>();
}

const Json::Array& Json::items() const noexcept {
  const auto* value = std::get_if<Array>(&value_);
  return value != nullptr ? *value : nothing<Array>();
}

const Json::Object& Json::members() const noexcept {
  const auto* value = std::get_if<Object>(&value_);
  return value != nullptr ? *value : nothing<Object>();
}

const Json* Json::find(std::string_view name) const noexcept {
  const Object& all = members();
  const auto found = last_of(all, name);
  return found != all.rend() ? &found->second : nullptr;
}

Json* Json::find(std::string_view name) noexcept {
  auto* all = std::get_if<Object>(&value_);
  if (all == nullptr) return nullptr;
  const auto found = last_of(*all, name);
  return found != all->rend() ? &found->second : nullptr;
}

const Json& Json::operator[](std::string_view name) const noexcept {
  const Json* found = find(name);
  return found != nullptr ? *found : nothing<Json>();
}

const Json& Json::operator[](std::size_t index) const noexcept {
  const Array& all = items();
  return index < all.size() ? all[index] : nothing<Json>();
}

Json& Json::operator[](std::string_view name) {
  if (Json* found = find(name)) return *found;
  if (!is_object()) value_ = Object();
  return std::get<Object>(value_).emplace_back(std::string(name), Json()).second;
}

bool Json::erase(std::string_view name) {
  auto* all = std::get_if<Object>(&value_);
  return all != nullptr && std::erase_if(*all, [name](const Member& member) { return member.first == name; }) > 0;
}

void Json::push_back(Json item) {
  if (!is_array()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(item));
}

std::size_t Json::size() const noexcept {
  return items().size() + members().size();
}

}  // namespace bayeux
