#include "socket.hpp"

namespace bayeux {

WebSocketOutput EndpointSocket::Impl::look() {
  do {
    carrier_->begin_look();
    if (auto output = session->take(); !output.empty()) return output;
  } while (!carrier_->park());
  return {};
}

EndpointSocket::EndpointSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EndpointSocket::~EndpointSocket() = default;

void EndpointSocket::receive(std::string_view text) {
  impl_->session->receive(text);
}

void EndpointSocket::receive_binary() {
  impl_->session->receive_binary();
}

WebSocketOutput EndpointSocket::look() {
  return impl_->look();
}

const std::optional<WebSocketClose>& EndpointSocket::closing() const noexcept {
  return impl_->session->closing();
}

bool EndpointSocket::congested() const {
  return impl_->session->congested();
}

bool EndpointSocket::finished() {
  return impl_->session->finished();
}

void EndpointSocket::abort() {
  impl_->session->abort();
}

}  // namespace bayeux
