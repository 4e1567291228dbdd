#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <bayeux/json.hpp>
#include <bayeux/message.hpp>

#include "protocol/json_text.hpp"

namespace bayeux::bus {

/// The reply to a connect, which is completed when it is taken. Nearly all say no more than that all is well; of those
/// nothing is kept but the id, because there is one for every client that waits.
class HeldReply final {
 public:
  /// The place of a reply that waits: behind all others.
  static constexpr std::size_t last = static_cast<std::size_t>(-1);

  HeldReply(const Message& reply, std::size_t its_place) : place(its_place) {
    if (is_plain(reply)) {
      id_ = reply.id;
    } else {
      whole_ = std::make_unique<Message>(reply);
    }
  }

  /// One that says that all is well.
  HeldReply(Json id, std::size_t its_place) : place(its_place), id_(std::move(id)) {}

  /// It says no more than that all is well.
  bool plain() const noexcept { return whole_ == nullptr; }

  /// The text of a reply that is plain: what `take().text()` would give, at a quarter of the cost.
  std::string plain_text() const {
    std::string text;
    text.reserve(64 + id_.as_string().size());
    text += R"({"channel":"/meta/connect")";
    if (!id_.is_null()) text += R"(,"id":)";
    if (id_.is_string()) {
      protocol::append_string(text, id_.as_string());
    } else if (!id_.is_null()) {
      text += id_.text();
    }
    text += R"(,"successful":true})";
    return text;
  }

  Message take() {
    if (whole_ != nullptr) return std::move(*whole_);
    Message reply;
    reply.channel = channel;
    reply.id = std::move(id_);
    reply.successful = true;
    return reply;
  }

  /// Among the replies.
  std::size_t place;

 private:
  static constexpr const char* channel = "/meta/connect";

  static bool is_plain(const Message& reply) {
    return reply.channel == channel && reply.successful == true && reply.advice.is_null() && reply.ext.is_null() &&
           reply.members.is_null() && reply.subscription.is_null() && reply.error.empty() && reply.client_id.empty() &&
           !reply.data.present();
  }

  Json id_;
  std::unique_ptr<Message> whole_;
};

}  // namespace bayeux::bus
