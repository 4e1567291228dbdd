#include "service_template.hpp"

#include <algorithm>

#include <bayeux/channel_id.hpp>

namespace bayeux::bus {
namespace {

constexpr std::string_view root = "/service";

}  // namespace

std::optional<ServiceTemplate> ServiceTemplate::parse(std::string_view name) {
  const auto channel = ChannelId::parse(name);
  if (!channel || !channel->is_service() || channel->is_wild() || channel->name() == root) return std::nullopt;
  ServiceTemplate made;
  made.name_ = channel->name();
  for (const auto segment : segments_of(made.name_)) {
    auto part = part_of(segment);
    if (!part || (part->parameter && made.names(part->text))) return std::nullopt;
    if (part->parameter) made.exact_ = false;
    made.parts_.push_back(std::move(*part));
  }
  return made;
}

ServiceTemplate::Segments ServiceTemplate::segments_of(std::string_view channel) {
  Segments segments;
  while (!channel.empty()) {
    channel.remove_prefix(1);
    const auto end = std::min(channel.find('/'), channel.size());
    segments.push_back(channel.substr(0, end));
    channel.remove_prefix(end);
  }
  return segments;
}

std::optional<ServiceTemplate::Parameters> ServiceTemplate::match(const Segments& channel) const {
  if (channel.size() != parts_.size()) return std::nullopt;
  const auto fits = [](const Part& part, std::string_view segment) { return part.parameter || part.text == segment; };
  if (!std::equal(parts_.begin(), parts_.end(), channel.begin(), fits)) return std::nullopt;
  Parameters parameters;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].parameter) parameters.emplace_back(parts_[i].text, channel[i]);
  }
  return parameters;
}

std::optional<ServiceTemplate::Part> ServiceTemplate::part_of(std::string_view segment) {
  constexpr std::string_view braces = "{}";
  const bool parameter = segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
  const auto text = parameter ? segment.substr(1, segment.size() - 2) : segment;
  if (text.find_first_of(braces) != std::string_view::npos) return std::nullopt;
  return Part{parameter, std::string(text)};
}

bool ServiceTemplate::names(std::string_view parameter) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.parameter && part.text == parameter; });
}

}  // namespace bayeux::bus
