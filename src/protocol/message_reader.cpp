#include "protocol/message_reader.hpp"

#include <algorithm>
#include <utility>

#include <bayeux/channel_id.hpp>

#include "protocol/number.hpp"

namespace bayeux::protocol {
namespace {

constexpr std::string_view bad_request = "400::bad_request";

/// Not a member of Message, but one whose type is known.
constexpr std::string_view connection_type = "connectionType";

bool is_alphanumeric(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

template <class Name, class Value>
void MessageReader::add_other(Name&& name, Value&& value) {
  if (incoming_->error.empty()) others_.emplace_back(std::forward<Name>(name), std::forward<Value>(value));
}

void MessageReader::restart() {
  next_broken_ = 0;
  depth_ = 0;
  building_ = false;
  builder_.clear();
}

void MessageReader::begin(Incoming& message) {
  incoming_ = &message;
  others_.clear();
  seen_ = 0;
}

void MessageReader::finish() {
  Message& message = incoming_->message;
  if ((seen_ & 1U << static_cast<unsigned>(Field::channel)) == 0) fail("400::channel_missing");
  if (!incoming_->error.empty()) {
    message.client_id.clear();
    message.data = {};
    message.ext = {};
    message.advice = {};
  } else if (!others_.empty()) {
    message.members = Json(std::exchange(others_, {}));
  }
}

void MessageReader::key(std::string_view name, std::size_t end) {
  const bool is_readable = readable(end);
  if (nested()) {
    if (!is_readable) fail_value("400::string_invalid");
    if (building_) builder_.key(name);
    return;
  }
  field_ = field_of(name);
  ignored_ = !is_readable;
  if (!is_readable) fail("400::string_invalid");
  if (field_ == Field::data) value_begin_ = text_.find_first_not_of(" \t\r\n:", end);
  if (field_ == Field::other) {
    name_ = name;
    return;
  }
  note_field();
}

void MessageReader::plain(std::string_view name, std::string_view value, std::size_t end) {
  field_ = field_of(name);
  if (field_ == Field::other) return add_other(name, value);
  constexpr std::size_t quotes = 2;
  value_begin_ = end - value.size() - quotes;
  ignored_ = false;
  note_field();
  if (!ignored_) set_string(value, end);
}

void MessageReader::literal(Json value, std::size_t end) {
  if (!nested()) {
    // In an envelope null says as much as no member at all; only `data` may be null.
    if (value.is_null() && field_ == Field::channel) seen_ &= ~(1U << static_cast<unsigned>(Field::channel));
    other_scalar(std::move(value), end);
  } else if (building_) {
    builder_.add(std::move(value));
  }
}

void MessageReader::number(std::string_view digits, std::size_t end) {
  if (!number_fits(digits)) {
    fail_value("400::number_out_of_range");
  } else if (!nested()) {
    other_scalar(*read_number(digits), end);
  } else if (building_) {
    builder_.add(*read_number(digits));
  }
}

void MessageReader::string(std::string_view value, std::size_t end) {
  if (!readable(end)) return fail_value("400::string_invalid");
  if (nested()) {
    if (building_) builder_.add(Json(value));
    return;
  }
  if (!ignored_) set_string(value, end);
}

void MessageReader::open(bool object) {
  if (!nested()) building_ = may_open(object);
  ++depth_;
  if (depth_ > limits_.max_depth) fail_value("400::nesting_too_deep");
  if (building_) builder_.open(object);
}

void MessageReader::close(std::size_t end) {
  --depth_;
  if (building_) builder_.close();
  if (nested()) return;
  if (field_ == Field::data && !ignored_) set_data(end);
  if (std::exchange(building_, false)) store(builder_.take());
}

/// A member of the envelope stands once in a message.
void MessageReader::note_field() {
  const unsigned bit = 1U << static_cast<unsigned>(field_);
  if ((seen_ & bit) != 0) {
    ignored_ = true;
    fail("400::member_duplicate");
  }
  seen_ |= bit;
}

/// False when the string or name that ends at `end` had to be mended.
bool MessageReader::readable(std::size_t end) {
  bool whole = true;
  for (; next_broken_ < broken_.size() && broken_[next_broken_] < end; ++next_broken_) whole = false;
  return whole;
}

/// Whether the value that opens is to be built: not where it is of the wrong type, left as text, or of no use.
bool MessageReader::may_open(bool object) {
  if (ignored_) return false;
  const bool wanted = incoming_->error.empty();
  switch (field_) {
    case Field::channel:
    case Field::client_id:
    case Field::id:
      fail(bad_request);
      return false;
    case Field::ext:
    case Field::advice:
      if (!object) fail(bad_request);
      return wanted && object;
    case Field::data:
    case Field::successful:
    case Field::error:
      return false;
    case Field::subscription:
      return true;
    case Field::other:
      if (name_ == connection_type) fail(bad_request);
      return wanted && name_ != connection_type;
  }
  return false;
}

void MessageReader::fail(std::string_view error) {
  if (incoming_->error.empty()) incoming_->error = error;
}

/// As `fail`, and lets go of the value that is being built.
void MessageReader::fail_value(std::string_view error) {
  fail(error);
  building_ = false;
  builder_.clear();
}

/// A number, true, false or null as the whole value of a member.
void MessageReader::other_scalar(Json value, std::size_t end) {
  if (ignored_) return;
  switch (field_) {
    case Field::data:
      return set_data(end);
    case Field::successful:
    case Field::error:
      return;
    case Field::subscription:
      return store(std::move(value));
    case Field::id:
      if (value.is_number()) return store(std::move(value));
      break;
    case Field::other:
      if (value.is_null() || name_ != connection_type) return store(std::move(value));
      break;
    default:
      break;
  }
  if (!value.is_null()) fail(bad_request);
}

void MessageReader::set_string(std::string_view value, std::size_t end) {
  switch (field_) {
    case Field::channel:
      return set_channel(value);
    case Field::client_id:
      incoming_->message.client_id = value;
      return;
    case Field::id:
      return set_id(value);
    case Field::data:
      return set_data(end);
    case Field::ext:
    case Field::advice:
      return fail(bad_request);
    case Field::successful:
    case Field::error:
      return;
    case Field::subscription:
      return store(Json(value));
    case Field::other:
      return add_other(std::move(name_), value);
  }
}

void MessageReader::set_channel(std::string_view value) {
  if (value.empty() || value.size() > ChannelId::max_length) return fail("405::channel_invalid");
  incoming_->message.channel = value;
}

void MessageReader::set_id(std::string_view value) {
  const bool short_enough = value.size() <= limits_.max_id_length;
  if (value.empty() || !short_enough || !is_alphanumeric(value)) fail("405::message_id_invalid");
  if (short_enough) incoming_->message.id = Json(value);
}

void MessageReader::set_data(std::size_t end) {
  if (!incoming_->error.empty()) return;
  incoming_->message.data = Payload::from_text(std::string(text_.substr(value_begin_, end - value_begin_)));
}

void MessageReader::store(Json value) {
  Message& message = incoming_->message;
  switch (field_) {
    case Field::id:
      message.id = std::move(value);
      return;
    case Field::subscription:
      message.subscription = std::move(value);
      return;
    case Field::ext:
      message.ext = std::move(value);
      return;
    case Field::advice:
      message.advice = std::move(value);
      return;
    case Field::other:
      return add_other(std::move(name_), std::move(value));
    default:
      return;
  }
}

}  // namespace bayeux::protocol
