#include "kept_request.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "http/text.hpp"

namespace bayeux::websocket {
namespace {

bool is_of_handshake(const HttpHeader& header) {
  static constexpr std::array<std::string_view, 5> names{"connection", "upgrade", "sec-websocket-key",
                                                         "sec-websocket-version", "sec-websocket-extensions"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return http::equal_ignoring_case(header.first, name); });
}

}  // namespace

KeptRequest::KeptRequest(const HttpRequest& request)
    : method_size_(request.method.size()),
      target_size_(request.target.size()),
      tls_(request.tls),
      attachment_(request.attachment) {
  texts_.reserve(method_size_ + target_size_ + request.remote_address.size());
  texts_.append(request.method).append(request.target).append(request.remote_address);
  std::remove_copy_if(request.headers.begin(), request.headers.end(), std::back_inserter(headers_), is_of_handshake);
  headers_.shrink_to_fit();
}

Request KeptRequest::view() const noexcept {
  const std::string_view texts = texts_;
  return {texts.substr(0, method_size_),
          texts.substr(method_size_, target_size_),
          headers_,
          texts.substr(method_size_ + target_size_),
          tls_,
          attachment_.has_value() ? &attachment_ : nullptr};
}

}  // namespace bayeux::websocket
