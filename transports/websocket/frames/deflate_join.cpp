#include "deflate_join.hpp"

#include <cassert>
#include <cstddef>
#include <utility>

namespace bayeux::websocket {
namespace {

constexpr std::size_t max_stored_block = 0xffff;

/// A header is 3 bits, all 0 for a stored block that is not the last; what is left of its byte is skipped (RFC 1951
/// section 3.2.4).
constexpr char stored_header = 0;

void append_number(std::string& out, std::size_t number) {
  out.push_back(static_cast<char>(number & 0xff));
  out.push_back(static_cast<char>(number >> 8 & 0xff));
}

}  // namespace

void DeflateJoin::share(const Frame& frame, std::string_view deflated) {
  flush_stored();
  assert(!open_);
  out_.share(frame, deflated);
  open_ = true;
}

void DeflateJoin::finish() {
  flush_stored();
  if (!open_) out_.own(std::string(1, stored_header));
  open_ = true;
}

void DeflateJoin::flush_stored() {
  std::string blocks;
  for (std::string_view rest = stored_; !rest.empty();) {
    const auto block = rest.substr(0, max_stored_block);
    rest.remove_prefix(block.size());
    if (!std::exchange(open_, false)) blocks.push_back(stored_header);
    append_number(blocks, block.size());
    append_number(blocks, ~block.size());
    blocks.append(block);
  }
  stored_.clear();
  out_.own(std::move(blocks));
}

}  // namespace bayeux::websocket
