#pragma once

#include <string>
#include <system_error>
#include <vector>

#include "protocol/parser.hpp"

namespace bayeux::test {

/// All that a parser made of a request, member by member, to be compared with what another made of it.
inline std::string incoming_text(std::error_code error, const std::vector<protocol::Incoming>& messages) {
  std::string text = error ? error.message() : std::string();
  for (const auto& [message, fault] : messages) {
    const auto line = [&text](const std::string& part) { text += std::to_string(part.size()) + ' ' + part + '\n'; };
    text += "message\n";
    line(fault);
    line(message.channel);
    line(message.id.text());
    line(message.client_id);
    line(message.subscription.text());
    line(message.data.present() ? "data " + std::string(message.data.text()) : std::string());
    line(message.ext.text());
    line(message.advice.text());
    line(message.successful ? "said" : "");
    line(message.error);
    line(message.members.text());
  }
  return text;
}

}  // namespace bayeux::test
