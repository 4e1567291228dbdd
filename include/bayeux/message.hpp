#pragma once

#include <optional>
#include <string>

#include <bayeux/json.hpp>
#include <bayeux/payload.hpp>

namespace bayeux {

/// One Bayeux message (protocol: "Message fields"), as it came in or as it is about to leave: what policies,
/// filters, extensions and handlers see. A plain value.
///
/// In a message that came in every member has the type that is written here: one with a member of another type
/// was answered `400::bad_request` and is never shown. Strings are UTF-8.
struct Message {
  /// Where it goes, or where it comes from.
  std::string channel;

  /// Pairs a reply with its request: a string or a number, echoed as it came; null when there is none.
  Json id;

  /// The sender's client id. A secret: never show it to another client.
  std::string client_id;

  /// The channels of a subscribe or unsubscribe: a string or an array of strings; null otherwise.
  Json subscription;

  /// What is published. Absent in replies: that is how clients tell an acknowledgement from an event.
  Payload data;

  /// The members that extensions exchange, by the name of the extension; null when there are none.
  Json ext;

  /// What a client asks of the server, or the server of a client; null when there is none.
  Json advice;

  /// The outcome; only in replies.
  std::optional<bool> successful;

  /// Why it failed, as `code:args:text`; empty when it did not.
  std::string error;

  /// Every other member, as an object (`version`, `connectionType`, `timestamp`, ...); null when there are none.
  Json members;

  /// The message as one JSON object.
  std::string text() const;

  /// Reads a message from an object such as a Frame holds. Members of a wrong type are left out.
  static Message from(const Json& object);
};

}  // namespace bayeux
