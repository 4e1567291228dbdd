#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "names.hpp"

namespace bayeux::simulation {

enum class Verb { handshake, connect, subscribe, unsubscribe, publish, disconnect };

/// One message of a client, with what is to be known of it.
struct Asked {
  Verb verb;
  std::string id;
  std::string text;
  NameSet names = 0;           ///< What is subscribed to or unsubscribed from.
  int channel = 0;             ///< On which it is published.
  int number = 0;              ///< Of the publication.
  std::int64_t acknowledged = 0;  ///< What a connect acknowledges.
};

/// What a client sends at once.
struct Sending {
  std::string session;        ///< Whose it is; empty before there is one.
  bool acknowledges = false;  ///< What a handshake asks for.
  std::vector<Asked> asked;

  std::string text() const {
    std::string all = "[";
    for (const auto& one : asked) all.append(all.size() > 1 ? "," : "").append(one.text);
    return all += "]";
  }
};

/// The `data` of a publication: its number, and some more, so that messages differ in size.
inline std::string data_text(int number) {
  std::string text = R"({"n":)" + std::to_string(number);
  if (number % 3 == 0) text += R"(,"pad":")" + std::string(static_cast<std::size_t>(number % 97), 'x') + '"';
  return text += '}';
}

/// Bytes of that publication as its subscribers get it.
inline std::size_t event_size(std::string_view channel, int number) {
  return std::string_view(R"({"channel":"","data":})").size() + channel.size() + data_text(number).size();
}

/// The text of a message; `more` is the rest of its members.
inline std::string message_text(std::string_view channel, std::string_view id, std::string_view session,
                                const std::string& more) {
  std::string text = R"({"channel":")";
  text.append(channel).append(R"(","id":")").append(id).append("\"");
  if (!session.empty()) text.append(R"(,"clientId":")").append(session).append("\"");
  if (!more.empty()) text.append(",").append(more);
  return text += "}";
}

}  // namespace bayeux::simulation
