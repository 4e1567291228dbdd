#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <bayeux/frame.hpp>

namespace bayeux::websocket {

/// Bytes that wait to be written, in pieces: what frames share, and own bytes. A piece does not move until it has been
/// sent, so that it can be added to while a write is under way. An empty one has no memory.
class Outbox final {
 public:
  Outbox() noexcept = default;
  ~Outbox() { clear(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Adds bytes which live as long as `frame`; without one, for ever. Errors: all of these throw std::bad_alloc.
  void share(Frame frame, std::string_view bytes);

  void own(std::string bytes);

  /// Adds a few bytes, to those before them where these have room: many pongs do not take a piece each.
  void append(std::string_view bytes);

  /// Takes over what is in `other`.
  void splice(Outbox& other) noexcept;

  std::size_t size() const noexcept { return size_; }

  /// Fills `parts` in order and returns how many. They are valid until they have been sent.
  std::size_t gather(std::span<std::string_view> parts) const noexcept;

  /// Drops the first bytes.
  void sent(std::size_t bytes) noexcept;

 private:
  struct Piece;

  void add(Piece* piece) noexcept;
  void drop_first() noexcept;
  void clear() noexcept;

  Piece* first_ = nullptr;
  Piece* last_ = nullptr;
  std::size_t sent_of_first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace bayeux::websocket
