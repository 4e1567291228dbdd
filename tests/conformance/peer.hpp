#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/transport.hpp"

namespace bayeux::test {

/// A well-behaved Bayeux client on any wire: it numbers its messages, remembers its client id, and keeps all that has
/// come.
class Peer final {
 public:
  explicit Peer(Transport& transport, Browser* browser = nullptr)
      : facts_(transport.facts()), wire_(transport.open(browser)) {}

  const Facts& facts() const noexcept { return facts_; }
  const std::string& id() const noexcept { return id_; }

  /// Speaks for that client from now on.
  void take_over(std::string id) { id_ = std::move(id); }

  /// Sends a text as it is.
  void send_text(std::string_view text);

  /// Sends messages in one request.
  void send(const std::vector<std::string>& messages);

  /// A message of this client with an id of its own; `more` is the rest of its members.
  std::string message(std::string_view channel, std::string_view more = {});

  /// Sends one message and gives its reply, which must come at once.
  Json ask(std::string_view channel, std::string_view more = {});

  /// The id of the last message that was made.
  std::string last_id() const { return std::to_string(last_id_); }

  // What clients do.

  Json shake_hands(std::string_view more = {});

  /// Shakes hands and connects for the first time.
  void join();

  /// Sends a connect and gives its id; the reply may come now or later.
  std::string connect(std::string_view more = {});

  /// The same where it must be held, by those transports that hold connects.
  std::string hold();

  bool subscribe(std::string_view channel);
  bool unsubscribe(std::string_view channel);
  bool publish(std::string_view channel, std::string_view data);
  void hang_up();

  // What has come.

  /// All messages so far.
  const std::vector<Json>& all();

  /// The reply with that id; null while there is none.
  Json reply(std::string_view id);
  bool answered(std::string_view id) { return !reply(id).is_null(); }

  /// Where the first message stands in `all` of which `is` is true; its size when there is none.
  template <class Is>
  std::size_t place(Is is) {
    const auto& messages = all();
    std::size_t i = 0;
    while (i < messages.size() && !is(messages[i])) ++i;
    return i;
  }

  /// The events since this was last asked for.
  std::vector<Json> events();

  /// The same, after connecting until a connect is held (once where none is): what waited on the server is here then.
  std::vector<Json> hear();

  /// The data of what `hear` gives, as one JSON array.
  std::string heard();

  /// How requests ended that were answered by an error of the transport.
  const std::vector<int>& failures();

 private:
  void collect();

  Facts facts_;
  std::unique_ptr<Wire> wire_;
  std::string id_;
  int last_id_ = 0;
  std::string connect_id_;
  std::vector<Json> all_;
  std::vector<Json> events_;
  std::vector<int> failures_;
};

/// True for a message that answers nothing: one that was published or delivered.
inline bool is_event(const Json& message) {
  return message.find("successful") == nullptr;
}

}  // namespace bayeux::test
