#include <bayeux/extensions/binary.hpp>

#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/message.hpp>

namespace bayeux {
namespace {

bool claims(const Message& message) {
  return message.ext.find("binary") != nullptr;
}

/// All but the text itself.
bool has_shape(const Message& message) {
  if (!message.ext["binary"].is_object() || !message.data.present()) return false;
  const Json& data = message.data.json();
  const Json* last = data.find("last");
  const Json& meta = data["meta"];
  return data["data"].is_string() && (last == nullptr || last->is_bool()) && (meta.is_null() || meta.is_object());
}

bool is_meta(const Message& message) {
  const auto channel = ChannelId::parse(message.channel);
  return channel && channel->is_meta();
}

}  // namespace

std::optional<BinaryData> BinaryData::from(const Message& message) {
  if (!claims(message) || !has_shape(message)) return std::nullopt;
  const Json& data = message.data.json();
  auto bytes = from_z85(data["data"].as_string());
  if (!bytes) return std::nullopt;
  return BinaryData{std::move(*bytes), data["last"].as_bool(true), data["meta"]};
}

Json BinaryData::data() const {
  Json data{{"data", to_z85(bytes)}, {"last", last}};
  if (!meta.is_null()) data["meta"] = meta;
  return data;
}

Json BinaryData::ext() {
  return Json{{"binary", Json::object()}};
}

Flow Binary::incoming(const Client&, Message& message, Message& reply) {
  const Message& seen = message;
  if (!claims(seen) || is_meta(seen)) return Flow::pass;
  if (has_shape(seen) && is_z85(seen.data["data"].as_string())) return Flow::pass;
  reply.successful = false;
  reply.error = "400::binary_invalid";
  return Flow::answer;
}

}  // namespace bayeux
