#pragma once

#include <string>
#include <string_view>

/// The errors of replies, as they stand on the wire (protocol: "Error strings").
namespace bayeux::bus::errors {

inline constexpr const char* nesting_too_deep = "400::nesting_too_deep";
inline constexpr const char* channel_missing = "400::channel_missing";
inline constexpr const char* channel_limit = "403::channel_limit";
inline constexpr const char* channel_wild = "400::channel_wild";
inline constexpr const char* version_missing = "400::version_missing";
inline constexpr const char* version_mismatch = "300::version_mismatch";
inline constexpr const char* session_unknown = "402::session_unknown";
inline constexpr const char* data_missing = "403::data_missing";
inline constexpr const char* subscription_missing = "403::subscription_missing";
inline constexpr const char* subscription_invalid = "403::subscription_invalid";
inline constexpr const char* subscription_limit = "403::subscription_limit";
inline constexpr const char* unsubscribe_failed = "403::unsubscribe_failed";
inline constexpr const char* message_deleted = "404::message_deleted";
inline constexpr const char* channel_invalid = "405::channel_invalid";
inline constexpr const char* no_transport = "405::no_transport";
inline constexpr const char* publish_rate = "429::publish_rate";
inline constexpr const char* handshake_rate = "503::handshake_rate";
inline constexpr const char* server_busy = "503::server_busy";
inline constexpr const char* server_draining = "503::server_draining";

inline constexpr const char* by_policy = "denied_by_security_policy";

/// `403:<reason>:<what>`. Of the reason, which the host made up, only what clients can parse is left.
inline std::string denied(std::string_view reason, std::string_view what) {
  std::string text = "403:";
  for (const char c : reason) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (word || std::string_view("-_!~()$@/*.").find(c) != std::string_view::npos) text += c;
  }
  text += ':';
  return text += what;
}

}  // namespace bayeux::bus::errors
