#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bayeux::test {

/// A response as it came over a wire.
struct HttpReply {
  int status = 0;
  std::string head;  ///< The status line and the fields, each with its line end.
  std::string body;  ///< Without transfer coding.

  /// The value of a field; empty when there is none.
  std::string header(std::string_view name) const;
};

/// Takes the first response off what has come in, once it is all there. Understands a length, and chunks.
std::optional<HttpReply> take_reply(std::string& bytes);

}  // namespace bayeux::test
