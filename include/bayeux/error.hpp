#pragma once

#include <string>
#include <system_error>

namespace bayeux {

/// What a call of the library can fail with.
///
/// A mistake of a *peer* never shows up here: it is answered on the wire, for the one message that was
/// wrong. These are mistakes of the *host* (a wildcard handed to publish), or what a transport has to know
/// of a request which could not be read at all.
enum class Errc {
  channel_invalid = 1,  ///< Not a channel name: see ChannelId for the grammar.
  channel_wild,         ///< A pattern such as `/a/*` where one channel is needed.
  channel_reserved,     ///< A `/meta/` channel, or a service channel where a broadcast one is needed.
  client_unknown,       ///< The client has gone: it disconnected, expired or never was.
  config_invalid,       ///< A Config that contradicts itself; thrown from constructors as std::system_error.
  json_invalid,         ///< The text is not JSON (RFC 8259).
  messages_invalid,     ///< JSON, but neither a message nor an array of messages.
  messages_empty,       ///< Nothing at all, not even an empty array.
  messages_too_many,    ///< More messages in one request than Config::max_batch.
  handshake_not_first,  ///< A `/meta/handshake` behind other messages of the same request.
  message_deleted,      ///< An extension, a filter or a listener dropped the message.
  bus_closed,           ///< The bus behind this handle has been destroyed.
  callback_empty,       ///< An empty listener, filter or extension; thrown as std::system_error.
  channel_limit,        ///< There are Config::max_channels already.
  batch_unknown,        ///< Client::acknowledge of a batch that was never sent.
  call_answered,        ///< Call::answer or fail after the first.
  links_too_many,       ///< The browser has no more room for a stream: see Config::max_sessions_per_browser.
};

/// The category of every std::error_code of this library; its name is "bayeux".
///
/// Threads: any.
const std::error_category& error_category() noexcept;

/// Makes Errc usable where a std::error_code is expected.
std::error_code make_error_code(Errc code) noexcept;

}  // namespace bayeux

template <>
struct std::is_error_code_enum<bayeux::Errc> : std::true_type {};
