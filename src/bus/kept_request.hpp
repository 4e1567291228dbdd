#pragma once

#include <any>
#include <string>
#include <vector>

#include <bayeux/request.hpp>

namespace bayeux::bus {

/// A copy of a request, for messages that are worked on after it was handed over.
class KeptRequest final {
 public:
  explicit KeptRequest(const Request& request)
      : method_(request.method),
        target_(request.target),
        headers_(request.headers.begin(), request.headers.end()),
        remote_address_(request.remote_address),
        tls_(request.tls) {
    if (request.attachment != nullptr) attachment_ = *request.attachment;
    view_ = {method_, target_, headers_, remote_address_, tls_, request.attachment != nullptr ? &attachment_ : nullptr};
  }
  KeptRequest(const KeptRequest&) = delete;
  KeptRequest& operator=(const KeptRequest&) = delete;

  const Request& view() const noexcept { return view_; }

 private:
  const std::string method_;
  const std::string target_;
  const std::vector<Request::Header> headers_;
  const std::string remote_address_;
  const bool tls_;
  std::any attachment_;
  Request view_;
};

}  // namespace bayeux::bus
