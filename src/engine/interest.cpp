#include "interest.hpp"

#include <mutex>

namespace bayeux::engine {

void Interest::add(const std::string& name, std::size_t shard) {
  Part& part = parts_[part_of(Name(name))];
  const std::lock_guard lock(part.mutex);
  auto& shards = part.shards[name];
  if (shards == 0 && is_pattern(name)) ++patterns_;
  shards |= Shards{1} << shard;
}

void Interest::remove(const std::string& name, std::size_t shard) {
  Part& part = parts_[part_of(Name(name))];
  const std::lock_guard lock(part.mutex);
  const auto entry = part.shards.find(name);
  if (entry == part.shards.end()) return;
  entry->second &= ~(Shards{1} << shard);
  if (entry->second != 0) return;
  if (is_pattern(name)) --patterns_;
  part.shards.erase(entry);
}

Interest::Shards Interest::in(const std::vector<Name>& names) const {
  Shards all = 0;
  const bool patterns = patterns_.load() != 0;
  for (const Name& name : names) {
    if (!patterns && is_pattern(name.text)) continue;
    const Part& part = parts_[part_of(name)];
    const std::lock_guard lock(part.mutex);
    if (const auto entry = part.shards.find(name); entry != part.shards.end()) all |= entry->second;
  }
  return all;
}

}  // namespace bayeux::engine
