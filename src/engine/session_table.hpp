#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "name.hpp"
#include "secret.hpp"
#include "session.hpp"

namespace bayeux::engine {

/// The sessions of a shard, by their ids. They stand close together, in slabs, in the order in which they came: a
/// publish to many goes through memory from one end to the other, and not to another page for each of them. The slabs
/// stay until the last session has gone.
class SessionTable final {
 public:
  SessionTable() = default;
  ~SessionTable();
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  /// There must be none of that id.
  Session& add(std::string_view id);
  Session* find(std::string_view id) const { return find(Id(id)); }
  Session* find(const Id& id) const;
  void erase(Session& session);

  void append_ids(std::vector<std::string>& ids) const;
  std::vector<Session*> all() const;

 private:
  static constexpr std::size_t slab_size = 16;

  struct alignas(64) Place {
    std::byte bytes[sizeof(Session)];
  };
  static_assert(sizeof(Place) % 64 == 0);
  using Slab = std::array<Place, slab_size>;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Id& id) const noexcept { return id.hash; }

    // Not noexcept: then the standard library of GCC keeps the hash beside the pointer, and a search looks at no
    // session but the one that it finds.
    std::size_t operator()(const Session* session) const { return Id(session->id).hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Session* a, const Session* b) const noexcept { return a == b; }
    bool operator()(const Id& a, const Session* b) const noexcept { return same_secret(b->id, a.text); }
    bool operator()(const Session* a, const Id& b) const noexcept { return same_secret(a->id, b.text); }
  };

  std::unordered_set<Session*, Hash, Equal> sessions_;
  std::vector<std::unique_ptr<Slab>> slabs_;
  std::vector<Place*> free_;
};

}  // namespace bayeux::engine
