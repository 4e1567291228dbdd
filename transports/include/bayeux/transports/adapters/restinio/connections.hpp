#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <restinio/all.hpp>

namespace bayeux {

namespace restinio_adapter {

using IoContext = restinio::asio_ns::io_context;
using Strand = restinio::asio_ns::strand<IoContext::executor_type>;
using Timer = restinio::asio_ns::steady_timer;
using Error = restinio::asio_ns::error_code;

/// What a connection has under way at the bus.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// The peer has gone. Any thread.
  virtual void hang_up() = 0;

  /// Lets go of everything. Nothing of the server runs any more.
  virtual void drop() noexcept = 0;
};

}  // namespace restinio_adapter

/// Knows what is under way at which connection, and hears from RESTinio when one is lost: the
/// `connection_state_listener_t` of the server's traits. A host that has a listener of its own calls `state_changed` from
/// it.
///
/// Threads: any, at once.
class RestinioConnections final {
 public:
  using Conversation = restinio_adapter::Conversation;

  void state_changed(const restinio::connection_state::notice_t& notice) noexcept {
    if (!restinio::holds_alternative<restinio::connection_state::closed_t>(notice.cause())) return;
    for (const auto& conversation : take(notice.connection_id())) conversation->hang_up();
  }

  void add(restinio::connection_id_t id, std::shared_ptr<Conversation> conversation) {
    const std::lock_guard lock(mutex_);
    conversations_.emplace(id, std::move(conversation));
  }

  void forget(restinio::connection_id_t id, const Conversation& conversation) noexcept {
    std::shared_ptr<Conversation> last;  // Goes after the lock.
    const std::lock_guard lock(mutex_);
    const auto [first, end] = conversations_.equal_range(id);
    const auto found = std::find_if(first, end, [&](const auto& entry) { return entry.second.get() == &conversation; });
    if (found == end) return;
    last = std::move(found->second);
    conversations_.erase(found);
  }

  void drop_all() noexcept {
    Conversations all;
    {
      const std::lock_guard lock(mutex_);
      all.swap(conversations_);
    }
    for (const auto& [id, conversation] : all) conversation->drop();
  }

 private:
  using Conversations = std::unordered_multimap<restinio::connection_id_t, std::shared_ptr<Conversation>>;

  std::vector<std::shared_ptr<Conversation>> take(restinio::connection_id_t id) {
    const std::lock_guard lock(mutex_);
    const auto [first, end] = conversations_.equal_range(id);
    std::vector<std::shared_ptr<Conversation>> taken;
    for (auto at = first; at != end; ++at) taken.push_back(at->second);
    conversations_.erase(first, end);
    return taken;
  }

  std::mutex mutex_;
  Conversations conversations_;
};

}  // namespace bayeux
