#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "file_body.hpp"
#include "response_head.hpp"
#include "stream.hpp"

namespace bayeux::http1 {

/// A response on its way out: as much as the socket takes at a time, head and body in one call of the system.
class Outgoing final {
 public:
  enum class Progress : std::uint8_t {
    done,     ///< Everything was handed to the system.
    blocked,  ///< The peer has to take some first.
    failed,   ///< The connection is of no use any more.
  };

  /// Without a body when `head_only`, though its length is told. A response that must not be sent becomes a 500.
  Outgoing(HttpResponse response, std::unique_ptr<FileBody> file, bool head_only, Persistence persistence);

  /// Bytes as they are: a part of a response that goes on.
  explicit Outgoing(std::string bytes) : head_(std::move(bytes)) {}

  /// Writes what the connection takes without waiting.
  Progress write(Stream& stream);

 private:
  bool next_piece();

  std::string head_;
  std::string body_;
  std::size_t written_ = 0;
  std::unique_ptr<FileBody> file_;
};

}  // namespace bayeux::http1
