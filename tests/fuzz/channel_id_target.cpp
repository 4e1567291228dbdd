#include <bayeux/channel_id.hpp>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  const auto id = ChannelId::parse(as_text(data, size));
  if (!id) return 0;
  require(id->name().size() <= ChannelId::max_length, "names are bounded");
  const auto again = ChannelId::parse(id->name());
  require(again && *again == *id, "a normalised name stays what it is");
  require(again->kind() == id->kind() && again->wild() == id->wild(), "of the same kind");
  require(id->matches(*id), "every name matches itself");
  for (const std::string& name : id->patterns()) {
    const auto pattern = ChannelId::parse(name);
    // A channel of the greatest length leaves no room for the stars of its patterns.
    if (!pattern) {
      require(name.size() > ChannelId::max_length, "patterns are valid names");
      continue;
    }
    require(pattern->matches(*id), "and match the channel");
  }
  return 0;
}
