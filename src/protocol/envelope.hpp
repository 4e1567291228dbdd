#pragma once

#include <cstdint>
#include <string_view>

namespace bayeux::protocol {

/// The members of a message that have a place of their own in Message; `other` stands for all the rest.
enum class Field : std::uint8_t { channel, id, client_id, data, successful, error, subscription, advice, ext, other };

inline Field field_of(std::string_view name) noexcept {
  switch (name.size()) {
    case 2:
      return name == "id" ? Field::id : Field::other;
    case 3:
      return name == "ext" ? Field::ext : Field::other;
    case 4:
      return name == "data" ? Field::data : Field::other;
    case 5:
      return name == "error" ? Field::error : Field::other;
    case 6:
      return name == "advice" ? Field::advice : Field::other;
    case 7:
      return name == "channel" ? Field::channel : Field::other;
    case 8:
      return name == "clientId" ? Field::client_id : Field::other;
    case 10:
      return name == "successful" ? Field::successful : Field::other;
    case 12:
      return name == "subscription" ? Field::subscription : Field::other;
    default:
      return Field::other;
  }
}

}  // namespace bayeux::protocol
