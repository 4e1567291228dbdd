#include "protocol/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <variant>

#include <bayeux/json.hpp>

#include "protocol/utf8.hpp"

namespace bayeux {
namespace protocol {
namespace {

void append_escape(std::string& out, char byte) {
  static constexpr std::string_view hex = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += hex[static_cast<unsigned char>(byte) >> 4U];
      out += hex[static_cast<unsigned char>(byte) & 15U];
  }
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

struct Appender {
  std::string& out;

  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_integer(out, value); }
  void operator()(std::uint64_t value) const { append_integer(out, value); }
  void operator()(double value) const { append_double(out, value); }
  void operator()(const std::string& value) const { append_string(out, value); }
};

}  // namespace

void append_string(std::string& out, std::string_view value) {
  out += '"';
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t plain = plain_until(value, at);
    out += value.substr(at, plain - at);
    at = plain;
    if (at == value.size()) break;
    if (static_cast<unsigned char>(value[at]) < 0x80) {
      append_escape(out, value[at++]);
    } else if (const std::size_t length = utf8_length(value, at); length != 0) {
      out += value.substr(at, length);
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
  out += '"';
}

void append_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace protocol

std::string Json::text() const {
  std::string out;
  const auto append = [&out](const auto& self, const Json& json) -> void {
    if (const auto* items = std::get_if<Array>(&json.value_)) {
      out += '[';
      for (const Json& item : *items) {
        if (&item != &items->front()) out += ',';
        self(self, item);
      }
      out += ']';
    } else if (const auto* members = std::get_if<Object>(&json.value_)) {
      out += '{';
      for (const Member& member : *members) {
        if (&member != &members->front()) out += ',';
        protocol::append_string(out, member.first);
        out += ':';
        self(self, member.second);
      }
      out += '}';
    } else {
      std::visit(
          [&out](const auto& value) {
            if constexpr (std::is_invocable_v<protocol::Appender, decltype(value)>) protocol::Appender{out}(value);
          },
          json.value_);
    }
  };
  append(append, *this);
  return out;
}

}  // namespace bayeux
