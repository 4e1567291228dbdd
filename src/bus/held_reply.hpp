#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <bayeux/json.hpp>
#include <bayeux/message.hpp>

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
