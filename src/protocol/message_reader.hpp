#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/json.hpp>

#include "protocol/envelope.hpp"
#include "protocol/json_builder.hpp"
#include "protocol/parser.hpp"

namespace bayeux::protocol {

/// Reads the members of one message after the other from the events of a parser. The first thing that is wrong
/// becomes the message's error; from then on only what the reply echoes is kept.
class MessageReader final {
 public:
  /// `text` is the whole request, `broken` where its strings are not readable; both must outlive the reader.
  MessageReader(std::string_view text, const std::vector<std::size_t>& broken, const Limits& limits)
      : text_(text), broken_(broken), limits_(limits) {}

  /// Forgets everything, to read the request anew.
  void restart();

  /// Begins a message; `message` must stay where it is until `finish`.
  void begin(Incoming& message);
  void finish();

  /// True while the value of a member is open, so that the next close is not the message's own.
  bool nested() const noexcept { return depth_ > 0; }

  void key(std::string_view name, std::size_t end);
  void literal(Json value, std::size_t end);
  void number(std::string_view digits, std::size_t end);
  void string(std::string_view value, std::size_t end);
  void open(bool object);
  void close(std::size_t end);

  /// A member whose name and value are strings that stand in the text as they are: as `key` and `string`.
  void plain(std::string_view name, std::string_view value, std::size_t end);

 private:
  void note_field();
  bool readable(std::size_t end);
  bool may_open(bool object);
  void fail(std::string_view error);
  void fail_value(std::string_view error);
  void other_scalar(Json value, std::size_t end);
  void set_string(std::string_view value, std::size_t end);
  void set_channel(std::string_view value);
  void set_id(std::string_view value);
  void set_data(std::size_t end);
  void store(Json value);
  template <class Name, class Value>
  void add_other(Name&& name, Value&& value);

  const std::string_view text_;
  const std::vector<std::size_t>& broken_;
  const Limits limits_;
  std::size_t next_broken_ = 0;

  Incoming* incoming_ = nullptr;
  Json::Object others_;
  unsigned seen_ = 0;

  std::string name_;
  Field field_ = Field::other;
  bool ignored_ = false;
  std::size_t value_begin_ = 0;
  std::size_t depth_ = 0;
  bool building_ = false;
  JsonBuilder builder_;
};

}  // namespace bayeux::protocol
