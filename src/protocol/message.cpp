#include <bayeux/message.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/envelope.hpp"
#include "protocol/json_text.hpp"

namespace bayeux {
namespace {

using protocol::Field;

/// Room for names and punctuation, so that an ordinary message is written without growing.
constexpr std::size_t usual_overhead = 160;

/// Writes the members of one object into a text.
class ObjectText final {
 public:
  explicit ObjectText(std::size_t size) { text_.reserve(size); }

  /// `name` needs no escape.
  void raw(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
  }

  void string(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    raw(name, {});
    protocol::append_string(text_, value);
  }

  void json(std::string_view name, const Json& value) {
    if (value.is_string()) {
      raw(name, {});
      protocol::append_string(text_, value.as_string());
    } else if (!value.is_null()) {
      raw(name, value.text());
    }
  }

  void member(const Json::Member& member) {
    text_ += text_.empty() ? '{' : ',';
    protocol::append_string(text_, member.first);
    text_ += ':';
    text_ += member.second.text();
  }

  std::string take() {
    text_ += text_.empty() ? "{}" : "}";
    return std::move(text_);
  }

 private:
  std::string text_;
};

bool is_subscription(const Json& value) {
  const Json::Array& items = value.items();
  return value.is_string() || (value.is_array() && std::all_of(items.begin(), items.end(),
                                                               [](const Json& item) { return item.is_string(); }));
}

void set_if(bool right_type, Json& target, const Json& value) {
  if (right_type) target = value;
}

void set(Message& message, Field field, const Json& value) {
  switch (field) {
    case Field::channel:
      message.channel = value.as_string();
      return;
    case Field::client_id:
      message.client_id = value.as_string();
      return;
    case Field::error:
      message.error = value.as_string();
      return;
    case Field::id:
      return set_if(value.is_string() || value.is_number(), message.id, value);
    case Field::data:
      message.data = Payload(value);
      return;
    case Field::subscription:
      return set_if(is_subscription(value), message.subscription, value);
    case Field::advice:
      return set_if(value.is_object(), message.advice, value);
    case Field::ext:
      return set_if(value.is_object(), message.ext, value);
    case Field::successful:
      if (value.is_bool()) message.successful = value.as_bool();
      return;
    case Field::other:
      return;
  }
}

}  // namespace

std::string Message::text() const {
  const std::string_view data_text = data.text();
  ObjectText object(channel.size() + data_text.size() + error.size() + usual_overhead);
  object.string("channel", channel);
  object.json("id", id);
  object.string("clientId", client_id);
  if (data.present()) object.raw("data", data_text);
  if (successful) object.raw("successful", *successful ? "true" : "false");
  object.string("error", error);
  object.json("subscription", subscription);
  object.json("advice", advice);
  object.json("ext", ext);
  for (const Json::Member& member : members.members()) {
    // An envelope member has one place only: a second one of its name would be read by some clients and not by others.
    if (protocol::field_of(member.first) == Field::other) object.member(member);
  }
  return object.take();
}

Message Message::from(const Json& object) {
  Message message;
  Json::Object others;
  for (const Json::Member& member : object.members()) {
    const Field field = protocol::field_of(member.first);
    if (field == Field::other) {
      others.push_back(member);
    } else {
      set(message, field, member.second);
    }
  }
  if (!others.empty()) message.members = Json(std::move(others));
  return message;
}

}  // namespace bayeux
