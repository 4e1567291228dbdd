#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace own {

/// A request of HTTP/1.1. The views point to what the reader holds.
struct Request {
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
  std::string_view peer;   ///< IP address.
  bool keep_alive = true;  ///< False when this is the last on its connection.
};

struct Limits {
  std::size_t max_head = 16 * 1024;
  std::size_t max_body = 1024 * 1024;
};

/// Reads one request after the other out of what comes over a connection, in whatever pieces it comes. It speaks a part
/// of HTTP/1.1 (RFC 9112), and refuses the rest: no chunked bodies, no expectations, no upgrades.
class RequestReader final {
 public:
  explicit RequestReader(Limits limits) : limits_(limits) {}

  enum class Outcome { incomplete, complete, refused };

  void feed(std::string_view bytes) { buffer_.append(bytes); }

  /// Whether the next request is there. Once refused, always refused: nobody knows where the one after it begins.
  Outcome next();

  /// The request that is complete; good until `drop` or `feed`.
  const Request& request() const { return request_; }

  /// The status that says what is wrong with the one that was refused.
  int refusal() const { return refusal_; }

  /// That request is answered.
  void drop();

  /// Whether a part of a request waits for its rest.
  bool has_begun() const { return !buffer_.empty(); }

 private:
  Outcome refuse(int status);
  int read_head(std::string_view head);
  int read_request_line(std::string_view line);
  int read_field(std::string_view line);
  int read_body_length();

  const Limits limits_;
  std::string buffer_;
  Request request_;
  std::size_t head_size_ = 0;
  std::size_t body_size_ = 0;
  int refusal_ = 0;
};

/// The value of the only field of that name; nullptr when there is none. Names match in any case.
const std::string_view* find_field(const Request& request, std::string_view lower_name);

}  // namespace own
