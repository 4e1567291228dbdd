#include <bayeux/channel_id.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace bayeux {
namespace {

constexpr auto make_segment_characters() {
  std::array<bool, 256> legal{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) legal[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) legal[c] = true;
  for (unsigned char c = '0'; c <= '9'; ++c) legal[c] = true;
  for (const char c : std::string_view(" !#$()+-.@_{}~")) legal[static_cast<unsigned char>(c)] = true;
  return legal;
}

constexpr std::array<bool, 256> segment_characters = make_segment_characters();

bool is_segment(std::string_view segment) noexcept {
  return !segment.empty() && std::all_of(segment.begin(), segment.end(),
                                         [](char c) { return segment_characters[static_cast<unsigned char>(c)]; });
}

std::string_view without_blanks(std::string_view name) noexcept {
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  return name;
}

/// Blanks go twice: the name that is left must not change when it is normalised again.
std::string_view normalised(std::string_view name) noexcept {
  name = without_blanks(name);
  if (name.ends_with('/')) name.remove_suffix(1);
  return without_blanks(name);
}

/// `/meta` itself counts as well, so that nobody can broadcast on what looks like the protocol's own.
ChannelId::Kind kind_of(std::string_view name) noexcept {
  const auto below = [name](std::string_view root) {
    return name.starts_with(root) && (name.size() == root.size() || name[root.size()] == '/');
  };
  if (below("/meta")) return ChannelId::Kind::meta;
  return below("/service") ? ChannelId::Kind::service : ChannelId::Kind::broadcast;
}

ChannelId::Wild wild_of(std::string_view last_segment) noexcept {
  if (last_segment == "*") return ChannelId::Wild::segment;
  return last_segment == "**" ? ChannelId::Wild::deep : ChannelId::Wild::none;
}

}  // namespace

std::optional<ChannelId> ChannelId::parse(std::string_view name) {
  name = normalised(name);
  if (!name.starts_with('/') || name.size() > max_length) return std::nullopt;
  if (static_cast<std::size_t>(std::count(name.begin(), name.end(), '/')) > max_segments) return std::nullopt;
  std::string_view rest = name.substr(1);
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    if (!is_segment(rest.substr(0, slash))) return std::nullopt;
    rest.remove_prefix(slash + 1);
  }
  const Wild wild = wild_of(rest);
  if (wild == Wild::none && !is_segment(rest)) return std::nullopt;
  return ChannelId(std::string(name), kind_of(name), wild);
}

bool ChannelId::matches(const ChannelId& channel) const noexcept {
  if (!is_wild() || channel.is_wild()) return name_ == channel.name_;
  const std::string_view parent = std::string_view(name_).substr(0, name_.rfind('/') + 1);
  const std::string_view other = channel.name_;
  if (!other.starts_with(parent)) return false;
  return wild_ == Wild::deep || other.find('/', parent.size()) == std::string_view::npos;
}

std::vector<std::string> ChannelId::patterns() const {
  if (is_wild()) return {name_};
  std::vector<std::string> all;
  std::size_t slash = 0;
  for (std::size_t next = 0; next != std::string::npos; next = name_.find('/', slash + 1)) {
    slash = next;
    all.push_back(name_.substr(0, slash + 1) + "**");
  }
  all.push_back(name_.substr(0, slash + 1) + "*");
  all.push_back(name_);
  return all;
}

}  // namespace bayeux
