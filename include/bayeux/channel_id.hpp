#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// The checked name of a channel or of a pattern of channels.
///
/// A name is `/segment/segment...`; a segment is one or more of letters, digits, blank and `!#$()+-.@_{}~`.
/// Instead of the last segment there may be a wildcard: `/a/*` stands for every channel one segment below `/a`,
/// `/a/**` for every channel at any depth below it (protocol: "Channels"). Blanks around the name and one trailing
/// slash are dropped: `/a/b/` is `/a/b`.
///
/// A value; cheap to move.
class ChannelId final {
 public:
  /// What bounds a name, so that no peer can make one that is costly to match.
  static constexpr std::size_t max_length = 1024;
  static constexpr std::size_t max_segments = 64;

  enum class Kind : std::uint8_t {
    broadcast,  ///< Everything else: what is published goes to all subscribers.
    meta,       ///< `/meta` and `/meta/...`: the protocol itself.
    service,    ///< `/service` and `/service/...`: between one client and the server.
  };

  enum class Wild : std::uint8_t {
    none,     ///< One channel.
    segment,  ///< `/*` at the end.
    deep,     ///< `/**` at the end.
  };

  /// Checks and normalises a name.
  ///
  /// Errors: empty when it breaks the grammar or a bound above.
  static std::optional<ChannelId> parse(std::string_view name);

  const std::string& name() const noexcept { return name_; }
  Kind kind() const noexcept { return kind_; }
  Wild wild() const noexcept { return wild_; }
  bool is_meta() const noexcept { return kind_ == Kind::meta; }
  bool is_service() const noexcept { return kind_ == Kind::service; }
  bool is_broadcast() const noexcept { return kind_ == Kind::broadcast; }
  bool is_wild() const noexcept { return wild_ != Wild::none; }

  /// True when this name or pattern stands for that channel. As plain text matching: whether a message is
  /// delivered at all is decided by its kind, so `/**` never receives meta or service messages. A pattern matches
  /// no other pattern, only itself.
  bool matches(const ChannelId& channel) const noexcept;

  /// Every name under which somebody could have asked for this channel, from the root to the leaf:
  /// `/a/b/c` gives `/**`, `/a/**`, `/a/b/**`, `/a/b/*`, `/a/b/c`. A pattern, on which nothing can be published,
  /// gives just itself.
  std::vector<std::string> patterns() const;

  friend bool operator==(const ChannelId& a, const ChannelId& b) noexcept { return a.name_ == b.name_; }

 private:
  ChannelId(std::string name, Kind kind, Wild wild) : name_(std::move(name)), kind_(kind), wild_(wild) {}

  std::string name_;
  Kind kind_;
  Wild wild_;
};

}  // namespace bayeux
