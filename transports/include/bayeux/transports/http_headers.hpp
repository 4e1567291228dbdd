#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux {

/// A header field of a response: its name and its value.
using HttpHeader = std::pair<std::string, std::string>;

/// The header fields of a response, in order. A value whose copies share what they hold until one of them is changed:
/// what many responses have in common is made once.
///
/// Threads: as with any value; copies that share may be used and changed at once.
class HttpHeaders final {
 public:
  HttpHeaders() noexcept = default;
  HttpHeaders(std::initializer_list<HttpHeader> fields);
  HttpHeaders(const HttpHeaders& other) noexcept;
  HttpHeaders(HttpHeaders&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  HttpHeaders& operator=(HttpHeaders other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~HttpHeaders();

  const HttpHeader* begin() const noexcept;
  const HttpHeader* end() const noexcept;
  std::size_t size() const noexcept { return static_cast<std::size_t>(end() - begin()); }
  bool empty() const noexcept { return size() == 0; }
  const HttpHeader& front() const noexcept { return *begin(); }

  /// The value of the first field of that name (in any case); nullptr when there is none.
  const std::string* find(std::string_view name) const noexcept;

  /// Adds a field behind the others.
  void emplace_back(std::string_view name, std::string_view value) { push_back(HttpHeader(name, value)); }
  void push_back(HttpHeader field);

  /// Changes the value of the first field of that name (in any case), or adds one.
  void set(std::string_view name, std::string value);

  /// The fields as they stand in an HTTP/1.1 message, each with its line end, without those that belong to the
  /// connection (`Connection`, `Content-Length`, `Date`, `Keep-Alive`, `Transfer-Encoding`). Made once for all copies
  /// that share; good until this one is changed or goes.
  ///
  /// Errors: std::nullopt when a field must not be sent: a name that is no token, a value that is not one line. What a
  /// host made of a peer's input must never become a field or a response of its own.
  std::optional<std::string_view> lines() const;

 private:
  struct Block;

  Block& own();
  void release() noexcept;

  Block* block_ = nullptr;  ///< Null when there are no fields.
};

}  // namespace bayeux
