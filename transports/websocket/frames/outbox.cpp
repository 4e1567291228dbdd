#include "outbox.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

namespace bayeux::websocket {

struct Outbox::Piece {
  std::string_view bytes() const noexcept { return shared.empty() ? std::string_view(own) : shared; }

  Piece* next = nullptr;
  Frame frame;
  std::string_view shared;
  std::string own;
};

void Outbox::share(Frame frame, std::string_view bytes) {
  if (bytes.empty()) return;
  auto piece = std::make_unique<Piece>();
  piece->frame = std::move(frame);
  piece->shared = bytes;
  add(piece.release());
}

void Outbox::own(std::string bytes) {
  if (bytes.empty()) return;
  auto piece = std::make_unique<Piece>();
  piece->own = std::move(bytes);
  add(piece.release());
}

void Outbox::append(std::string_view bytes) {
  // Bytes that are being written must stay where they are, so the string may not grow beyond its capacity.
  if (last_ != nullptr && last_->shared.empty() && last_->own.capacity() - last_->own.size() >= bytes.size()) {
    last_->own.append(bytes);
    size_ += bytes.size();
    return;
  }
  constexpr std::size_t room = 1024;
  std::string text;
  if (last_ != nullptr) text.reserve(std::max(room, bytes.size()));
  own(std::move(text.append(bytes)));
}

void Outbox::splice(Outbox& other) noexcept {
  assert(other.sent_of_first_ == 0);
  if (other.first_ == nullptr) return;
  (last_ != nullptr ? last_->next : first_) = std::exchange(other.first_, nullptr);
  last_ = std::exchange(other.last_, nullptr);
  size_ += std::exchange(other.size_, 0);
}

std::size_t Outbox::gather(std::span<std::string_view> parts) const noexcept {
  std::size_t count = 0;
  for (const auto* piece = first_; piece != nullptr && count < parts.size(); piece = piece->next) {
    parts[count++] = piece->bytes().substr(piece == first_ ? sent_of_first_ : 0);
  }
  return count;
}

void Outbox::sent(std::size_t bytes) noexcept {
  assert(bytes <= size_);
  size_ -= bytes;
  bytes += std::exchange(sent_of_first_, 0);
  while (first_ != nullptr && bytes >= first_->bytes().size()) {
    bytes -= first_->bytes().size();
    drop_first();
  }
  sent_of_first_ = bytes;
}

void Outbox::add(Piece* piece) noexcept {
  (last_ != nullptr ? last_->next : first_) = piece;
  last_ = piece;
  size_ += piece->bytes().size();
}

void Outbox::drop_first() noexcept {
  const std::unique_ptr<Piece> gone(first_);
  first_ = gone->next;
  if (first_ == nullptr) last_ = nullptr;
}

void Outbox::clear() noexcept {
  while (first_ != nullptr) drop_first();
}

}  // namespace bayeux::websocket
