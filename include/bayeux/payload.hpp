#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <bayeux/json.hpp>

namespace bayeux {

/// The `data` of a message, either as JSON text or as a Json value, each made from the other when first asked
/// for. What nobody looks at is never parsed: it leaves as the very bytes that came in.
///
/// Immutable and cheap to copy (copies share). An absent payload differs from one that is `null`.
///
/// Threads: any number may use copies of one payload at once.
class Payload final {
 public:
  /// No data at all.
  Payload() noexcept = default;

  /// From a value; its text is made when first asked for.
  explicit Payload(Json value);

  /// From a text that is known to be one JSON value; it is not checked here.
  static Payload from_text(std::string text);

  bool present() const noexcept { return state_ != nullptr; }

  /// The value; null when absent. Valid as long as a copy of this payload lives.
  const Json& json() const;

  /// The JSON text; empty when absent. Valid as long as a copy of this payload lives.
  std::string_view text() const;

  /// A member of the value: short for `json()[name]`.
  const Json& operator[](std::string_view name) const { return json()[name]; }

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
