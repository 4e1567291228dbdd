#include "outgoing.hpp"

#include <array>
#include <span>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>

namespace bayeux::http1 {
namespace {

/// Up to here, copying a body behind its head costs less than sending the two from two places.
constexpr std::size_t small_body = 8 * 1024;

/// So many are kept, with texts of that length: about as many as are woken in one go.
constexpr std::size_t max_spare = 128;
constexpr std::size_t max_spare_text = 2 * 1024;

/// Where each thread puts a response together.
std::string& scratch() {
  constexpr std::size_t max_kept = 64 * 1024;
  thread_local std::string bytes;
  bytes.clear();
  if (bytes.capacity() > max_kept) std::string().swap(bytes);
  return bytes;
}

}  // namespace

Outgoing::Progress Outgoing::send(Stream& stream, HttpResponse response, std::unique_ptr<FileBody> file, bool head_only,
                                  Persistence persistence, std::unique_ptr<Outgoing>& left) {
  std::string& front = scratch();
  append_response_head(front, response, file ? file->size() : response.body.size(), persistence);
  if (head_only || bodiless(response.status)) return begin(stream, front, {}, nullptr, left);
  if (file) return begin(stream, front, {}, std::move(file), left);
  if (response.body.size() > small_body) return begin(stream, front, std::move(response.body), nullptr, left);
  return begin(stream, front.append(response.body), {}, nullptr, left);
}

Outgoing::Progress Outgoing::send(Stream& stream, std::string_view bytes, std::unique_ptr<Outgoing>& left) {
  return begin(stream, bytes, {}, nullptr, left);
}

Outgoing::Progress Outgoing::begin(Stream& stream, std::string_view front, std::string body,
                                   std::unique_ptr<FileBody> file, std::unique_ptr<Outgoing>& left) {
  const std::array<asio::const_buffer, 2> parts{asio::buffer(front), asio::buffer(body)};
  std::error_code error;
  const std::size_t written = stream.write_some(std::span(parts).first(body.empty() ? 1 : 2), error);
  if (error && !would_block(error)) return Progress::failed;
  if (!file && written == front.size() + body.size()) return Progress::done;
  left = make();
  left->front_.assign(front);
  left->body_ = std::move(body);
  left->file_ = std::move(file);
  left->written_ = written;
  return error ? Progress::blocked : left->write(stream);
}

std::vector<std::unique_ptr<Outgoing>>& Outgoing::spare() {
  thread_local std::vector<std::unique_ptr<Outgoing>> all;
  return all;
}

std::unique_ptr<Outgoing> Outgoing::make() {
  if (spare().empty()) return std::unique_ptr<Outgoing>(new Outgoing);
  auto used = std::move(spare().back());
  spare().pop_back();
  return used;
}

void Outgoing::retire(std::unique_ptr<Outgoing> done) noexcept {
  if (done == nullptr || spare().size() == max_spare || done->front_.capacity() > max_spare_text) return;
  done->body_ = {};
  done->file_.reset();
  try {
    spare().push_back(std::move(done));
  } catch (...) {
    return;  // Out of memory: then there is one less.
  }
}

Outgoing::Progress Outgoing::write(Stream& stream) {
  for (;;) {
    const std::size_t all = front_.size() + body_.size();
    while (written_ < all) {
      const std::array<asio::const_buffer, 2> parts{
          asio::buffer(front_) + written_,
          asio::buffer(body_) + (written_ > front_.size() ? written_ - front_.size() : 0)};
      std::error_code error;
      written_ += stream.write_some(std::span(parts).first(body_.empty() ? 1 : 2), error);
      if (would_block(error)) return Progress::blocked;
      if (error) return Progress::failed;
    }
    if (!file_ || file_->left() == 0) return Progress::done;
    if (!next_piece()) return Progress::failed;
  }
}

bool Outgoing::next_piece() {
  front_ = {};
  written_ = 0;
  return file_->read(body_);
}

}  // namespace bayeux::http1
