#pragma once

#include <any>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

namespace bayeux::test {

/// A policy that allows everything, and remembers the requests it was shown.
class RequestWitness final : public SecurityPolicy {
 public:
  struct Seen {
    std::string question;
    std::string method, target, path, query, remote_address;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string color_header, color_cookie;
    bool tls = false;
    bool has_attachment = false;
    std::optional<int> number;  ///< The attachment, when it is one.
  };

  Verdict can_handshake(const Attempt& attempt) override { return note("handshake", attempt.request); }
  Verdict can_create(const Attempt& attempt, const ChannelId&) override { return note("create", attempt.request); }
  Verdict can_subscribe(const Attempt& attempt, const ChannelId&) override {
    return note("subscribe", attempt.request);
  }
  Verdict can_publish(const Attempt& attempt, const ChannelId&) override { return note("publish", attempt.request); }

  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  Verdict note(const char* question, const Request& request) {
    Seen seen;
    seen.question = question;
    seen.method = request.method;
    seen.target = request.target;
    seen.path = request.path();
    seen.query = request.query();
    seen.remote_address = request.remote_address;
    seen.headers.assign(request.headers.begin(), request.headers.end());
    seen.color_header = request.header("X-COLOR");
    seen.color_cookie = request.cookie("color");
    seen.tls = request.tls;
    seen.has_attachment = request.attachment != nullptr;
    if (const int* number = request.attached<int>()) seen.number = *number;
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(seen));
    return Verdict::allow();
  }

  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
};

}  // namespace bayeux::test
