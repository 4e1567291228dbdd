#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/message.hpp>

namespace bayeux::protocol {

/// What a request may hold; see Config.
struct Limits {
  std::size_t max_batch = 1'000;
  std::size_t max_depth = 64;
  std::size_t max_id_length = 128;
};

/// One message of a request. With an error it is not to be processed, only answered: then `message` holds no more
/// than what the reply echoes (`channel`, `id`, `subscription`), as far as these were readable.
struct Incoming {
  Message message;
  std::string error;
};

/// Reads a request: an array of messages, or one message. What is wrong with one message is that message's error;
/// what comes back as an error_code is wrong with the request as a whole, and `messages` is left empty.
///
/// Errors: json_invalid, messages_invalid, messages_empty, messages_too_many.
std::error_code parse(std::string_view text, const Limits& limits, std::vector<Incoming>& messages);

/// The same, without the short way that `parse` has for a plain message.
std::error_code parse_any(std::string_view text, const Limits& limits, std::vector<Incoming>& messages);

}  // namespace bayeux::protocol
