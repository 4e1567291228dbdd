#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux::bus {

/// Values of any type by name, for whoever guards them with a lock: values are shared, so that the host's code that
/// copies and destroys them runs after the lock was let go.
class Attributes final {
 public:
  using Value = std::shared_ptr<const std::any>;

  /// What to store: nothing for an empty value, which removes. To be made before the lock is taken.
  static Value shared(std::any value) {
    return value.has_value() ? std::make_shared<const std::any>(std::move(value)) : nullptr;
  }

  /// A copy of what is stored; empty for nothing. To be made after the lock was let go.
  static std::any copied(const Value& value) { return value != nullptr ? *value : std::any(); }

  /// Puts `value` in place of the one of that name, which is returned: whoever destroys it runs code of the host.
  [[nodiscard]] Value exchange(std::string_view name, Value value) {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      if (value != nullptr) values_.emplace(name, std::move(value));
      return nullptr;
    }
    Value old = std::exchange(found->second, std::move(value));
    if (found->second == nullptr) values_.erase(found);
    return old;
  }

  /// Nothing when there is none of that name.
  Value find(std::string_view name) const {
    const auto found = values_.find(name);
    return found != values_.end() ? found->second : nullptr;
  }

  bool empty() const noexcept { return values_.empty(); }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace bayeux::bus
