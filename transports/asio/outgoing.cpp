#include "outgoing.hpp"

#include <array>
#include <utility>

#include <asio/buffer.hpp>

namespace bayeux::http1 {

Outgoing::Outgoing(HttpResponse response, std::unique_ptr<FileBody> file, bool head_only, Persistence persistence)
    : file_(std::move(file)) {
  if (!sendable(response)) {
    response = status_response(500);
    file_.reset();
  }
  head_ = response_head(response, file_ ? file_->size() : response.body.size(), persistence);
  if (head_only || bodiless(response.status)) {
    file_.reset();
  } else if (!file_) {
    body_ = std::move(response.body);
  }
}

Outgoing::Progress Outgoing::write(Stream& stream) {
  for (;;) {
    const std::size_t all = head_.size() + body_.size();
    while (written_ < all) {
      const std::array<asio::const_buffer, 2> parts{
          asio::buffer(head_) + written_,
          asio::buffer(body_) + (written_ > head_.size() ? written_ - head_.size() : 0)};
      std::error_code error;
      written_ += stream.write_some(parts, error);
      if (would_block(error)) return Progress::blocked;
      if (error) return Progress::failed;
    }
    if (!file_ || file_->left() == 0) return Progress::done;
    if (!next_piece()) return Progress::failed;
  }
}

bool Outgoing::next_piece() {
  head_ = {};
  written_ = 0;
  return file_->read(body_);
}

}  // namespace bayeux::http1
