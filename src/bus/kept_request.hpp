#pragma once

#include <any>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/request.hpp>

namespace bayeux::bus {

/// A copy of a request, for messages that are worked on after it was handed over.
class KeptRequest final {
 public:
  explicit KeptRequest(const Request& request) {
    texts_.reserve(size_of(request));
    headers_.reserve(request.headers.size());
    view_ = {keep(request.method), keep(request.target), {}, keep(request.remote_address), request.tls, nullptr};
    for (const auto& [name, value] : request.headers) headers_.emplace_back(keep(name), keep(value));
    view_.headers = headers_;
    if (request.attachment == nullptr) return;
    attachment_ = *request.attachment;
    view_.attachment = &attachment_;
  }
  KeptRequest(const KeptRequest&) = delete;
  KeptRequest& operator=(const KeptRequest&) = delete;

  const Request& view() const noexcept { return view_; }

  /// Bytes of what it shows.
  std::size_t size() const noexcept { return texts_.size(); }

 private:
  static std::size_t size_of(const Request& request) noexcept {
    std::size_t size = request.method.size() + request.target.size() + request.remote_address.size();
    for (const auto& [name, value] : request.headers) size += name.size() + value.size();
    return size;
  }

  std::string_view keep(std::string_view text) {
    const auto at = texts_.size();
    texts_.append(text);
    return std::string_view(texts_).substr(at);
  }

  std::string texts_;  ///< All that the views show, one after the other: never longer than what was reserved.
  std::vector<Request::Header> headers_;
  std::any attachment_;
  Request view_;
};

}  // namespace bayeux::bus
