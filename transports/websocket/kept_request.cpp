#include "kept_request.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "http/text.hpp"

namespace bayeux::websocket {
namespace {

bool is_of_handshake(const Request::Header& header) {
  static constexpr std::array<std::string_view, 5> names{"connection", "upgrade", "sec-websocket-key",
                                                         "sec-websocket-version", "sec-websocket-extensions"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return http::equal_ignoring_case(header.first, name); });
}

}  // namespace

KeptRequest::KeptRequest(const HttpRequest& request)
    : method_size_(request.method.size()),
      target_size_(request.target.size()),
      address_size_(request.remote_address.size()),
      tls_(request.tls),
      attachment_(request.attachment) {
  std::size_t size = method_size_ + target_size_ + address_size_;
  for (const auto& header : request.headers) {
    if (is_of_handshake(header)) continue;
    headers_.push_back(header);
    size += header.first.size() + header.second.size();
  }
  headers_.shrink_to_fit();
  texts_.reserve(size);
  texts_.append(request.method).append(request.target).append(request.remote_address);
  for (auto& [name, value] : headers_) {
    name = keep(name);
    value = keep(value);
  }
}

Request KeptRequest::view() const noexcept {
  const std::string_view texts = texts_;
  return {texts.substr(0, method_size_),
          texts.substr(method_size_, target_size_),
          headers_,
          texts.substr(method_size_ + target_size_, address_size_),
          tls_,
          attachment_.has_value() ? &attachment_ : nullptr};
}

std::string_view KeptRequest::keep(std::string_view text) {
  const auto at = texts_.size();
  texts_.append(text);
  return std::string_view(texts_).substr(at);
}

}  // namespace bayeux::websocket
