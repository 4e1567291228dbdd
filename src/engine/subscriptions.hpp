#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "interest.hpp"
#include "name.hpp"
#include "session.hpp"

namespace bayeux::engine {

/// Who of one shard is subscribed to what. Adding and removing cost the same however many others are subscribed.
class Subscriptions final {
 public:
  /// Those of shard number `shard`, which says in `interest` what its sessions are subscribed to.
  Subscriptions(Interest& interest, std::size_t shard) noexcept : interest_(interest), shard_(shard) {}

  /// False when the session was subscribed already.
  bool add(Session& session, const std::string& name);

  /// False when the session was not subscribed. A name that nobody holds any more is added to `emptied`.
  bool remove(Session& session, std::string_view name, std::vector<std::string>& emptied);

  /// Ends all subscriptions of a session.
  void remove_all(Session& session, std::vector<std::string>& emptied);

  bool contains(const Session& session, std::string_view name) const;
  bool contains_any(const Session& session, const std::vector<std::string>& names) const;

  /// Those subscribed to exactly that name, or nullptr.
  const Subscribers* find(const Name& name) const;

  /// All there are.
  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// Compares addresses, not names, and looks through the shorter of the two lists: a client with ten thousand
  /// subscriptions must not become slow to serve.
  static std::size_t slot_of(const Session& session, const Subscribers& list) noexcept;

  void remove_at(Session& session, std::size_t slot, std::vector<std::string>& emptied);

  Interest& interest_;
  const std::size_t shard_;
  std::unordered_map<std::string, Subscribers, NameHash, NameEqual> lists_;
  std::size_t patterns_ = 0;  ///< How many of these are of patterns.
  std::size_t size_ = 0;
};

}  // namespace bayeux::engine
