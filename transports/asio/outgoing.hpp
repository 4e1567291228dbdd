#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "file_body.hpp"
#include "response_head.hpp"
#include "stream.hpp"

namespace bayeux::http1 {

/// What is left of a response that the connection did not take at once. Most are taken, and need none.
class Outgoing final {
 public:
  enum class Progress : std::uint8_t {
    done,     ///< Everything was handed to the system.
    blocked,  ///< The peer has to take some first.
    failed,   ///< The connection is of no use any more.
  };

  /// Writes what the connection takes of a response without waiting; `left` has the rest, when it is blocked. Without a
  /// body when `head_only`, though its length is told. It must be sendable.
  static Progress send(Stream& stream, HttpResponse response, std::unique_ptr<FileBody> file, bool head_only,
                       Persistence persistence, std::unique_ptr<Outgoing>& left);

  /// The same for bytes as they are: a part of a response that goes on.
  static Progress send(Stream& stream, std::string_view bytes, std::unique_ptr<Outgoing>& left);

  /// Goes on.
  Progress write(Stream& stream);

  /// Lets go of one that is done. The thread keeps some for its next responses: what many woken connections have to say
  /// is held back for a moment, and the same memory serves them all.
  static void retire(std::unique_ptr<Outgoing> done) noexcept;

 private:
  Outgoing() = default;

  static std::unique_ptr<Outgoing> make();
  static std::vector<std::unique_ptr<Outgoing>>& spare();
  static Progress begin(Stream& stream, std::string_view front, std::string body, std::unique_ptr<FileBody> file,
                        std::unique_ptr<Outgoing>& left);
  bool next_piece();

  std::string front_;  ///< The head, and a small body.
  std::string body_;
  std::size_t written_ = 0;
  std::unique_ptr<FileBody> file_;
};

}  // namespace bayeux::http1
