#include "handler_table.hpp"

#include <utility>

#include <bayeux/channel_id.hpp>

namespace bayeux::loopback {
namespace {

/// As the server will name the channel; a bad name stays as it is, until the server refuses it.
std::string normal_name(std::string_view name) {
  const auto id = ChannelId::parse(name);
  return id ? id->name() : std::string(name);
}

}  // namespace

void HandlerTable::add(std::string_view name, Handler handler) {
  handlers_[normal_name(name)].push_back(std::move(handler));
}

std::vector<Handler> HandlerTable::remove(std::string_view name) {
  const auto found = handlers_.find(normal_name(name));
  if (found == handlers_.end()) return {};
  auto removed = std::move(found->second);
  handlers_.erase(found);
  return removed;
}

void HandlerTable::remove(std::string_view name, const Handler& handler) {
  const auto found = handlers_.find(normal_name(name));
  if (found == handlers_.end()) return;
  std::erase(found->second, handler);
  if (found->second.empty()) handlers_.erase(found);
}

std::vector<Handler> HandlerTable::matching(std::string_view channel) const {
  std::vector<Handler> result;
  const auto id = ChannelId::parse(channel);
  if (!id) return result;
  for (const auto& pattern : id->patterns()) {
    const auto found = handlers_.find(pattern);
    if (found != handlers_.end()) result.insert(result.end(), found->second.begin(), found->second.end());
  }
  return result;
}

}  // namespace bayeux::loopback
