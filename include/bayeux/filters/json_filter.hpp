#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bayeux/data_filter.hpp>

namespace bayeux {

/// A base for filters that look at the values inside `data`: derive from it and override what you care about.
///
///     class Shout final : public bayeux::JsonFilter {
///       Fate on_string(bayeux::Json& value, const Place&) override {
///         value = upper(value.as_string());
///         return Fate::keep;
///       }
///     };
///
/// Values are visited in the order in which they stand; a member's name before its value. An array or object which a
/// call puts in place of a value is not visited. Data nested deeper than `max_depth` drops the message, and none of it
/// is visited; a peer cannot send any, unless Config::max_depth is larger.
///
/// Threads: as DataFilter: called by several at once, so that what a derived class changes of itself needs a lock.
/// Errors: an exception of a derived class is logged and drops the message.
class JsonFilter : public DataFilter {
 public:
  static constexpr std::size_t max_depth = 512;

  /// What becomes of what was visited.
  enum class Fate : std::uint8_t {
    keep,          ///< It stays, as it is now.
    drop,          ///< It is left out of its array or object; at the top that drops the message.
    drop_message,  ///< The whole message is dropped, and nothing more is visited.
  };

  /// Where a value stands. Valid during the call.
  struct Place {
    const Client& from;        ///< As for DataFilter::filter.
    const ChannelId& channel;  ///< As for DataFilter::filter.
    std::string_view name;     ///< Of the member which the value is; empty in an array and at the top.
    std::size_t depth = 0;     ///< How many arrays and objects it is in.
  };

  /// Each may change `value`, into one of another type too. The defaults keep everything.
  virtual Fate on_string(Json& value, const Place& place);
  virtual Fate on_number(Json& value, const Place& place);
  virtual Fate on_bool(Json& value, const Place& place);
  virtual Fate on_null(Json& value, const Place& place);

  /// A member of an object, before its value is visited; `name` may be changed. Dropped members are not visited.
  virtual Fate on_member(std::string& name, const Json& value, const Place& place);

  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) final;
};

}  // namespace bayeux
