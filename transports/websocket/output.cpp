#include <bayeux/transports/websocket.hpp>

namespace bayeux {

std::span<const Frame> WebSocketOutput::frames(std::size_t index) const noexcept {
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::span(frames_).subspan(begin, ends_[index] - begin);
}

std::string WebSocketOutput::text(std::size_t index) const {
  std::string text = "[";
  for (const auto& frame : frames(index)) {
    if (text.size() > 1) text += ',';
    text += frame.text();
  }
  return text += ']';
}

}  // namespace bayeux
