#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "ledger.hpp"
#include "net.hpp"

namespace bayeux::bench {

/// Messages that one client publishes in one batch, a channel each.
struct Burst {
  std::uint64_t due_ns = 0;  ///< After the beginning.
  std::vector<const std::string*> channels;
};

/// How well publishes were sent when they were due.
struct Punctuality {
  std::vector<float> lags_ms;  ///< From when it was due until it was sent, of each burst.
  std::size_t held_back = 0;   ///< Bursts that came late because all publishers still waited for an answer.
};

/// Clients of one server, in one thread. Open-loop: when a publish is due does not depend on what the server does.
class Load final {
 public:
  Load(const Target& target, std::size_t payload) : target_(target), payload_(payload), buffer_(512 * 1024) {}

  /// Adds a client, and parks its poll at once. One that publishes has a second connection for that by long-polling, as
  /// browsers and other clients do.
  void add_client(const std::vector<std::string>& channels, bool publishes);

  /// Adds so many that do not publish. What the server says to those who are there already is read meanwhile: connects
  /// that have been held long enough, for example.
  void add_clients(std::size_t count, const std::vector<std::string>& channels);

  /// Publishes and reads until everything has arrived, or nothing has for `patience_ms`.
  void run(const std::vector<Burst>& bursts, Ledger& ledger, int patience_ms);

  /// Reads, and polls again, for so long.
  void idle(int ms);

  /// While it is off, who was answered does not poll again.
  void set_polling(bool on);

  /// A ledger for messages that are going to be published next.
  Ledger ledger_for(const std::vector<Burst>& bursts);

  std::size_t clients() const { return clients_.size(); }
  Punctuality take_punctuality() { return std::move(punctuality_); }

  /// Connections that the server closed.
  std::size_t closed() const { return closed_; }

  /// Responses and WebSocket messages that came with messages in them.
  std::uint64_t responses() const { return responses_; }

 private:
  struct Connection {
    int socket = -1;
    std::uint32_t client = 0;
    bool polls = true;
    bool waits = false;     ///< For the answer to what was sent.
    std::string input;      ///< What came of an answer that is not complete.
    std::string fragments;  ///< Of a WebSocket message that is not complete.
  };

  void connect(int socket, bool polls);
  void publish_due();
  bool publish(const Burst& burst);
  Connection* free_publisher();
  void poll_for(const Burst* next, int wait_ms);
  void read(Connection& connection);
  std::size_t take_response(Connection& connection, std::string_view bytes);
  std::size_t take_frame(Connection& connection, char* bytes, std::size_t size);
  void take_text(Connection& connection, std::string_view text);
  void poll(Connection& connection);
  void close(Connection& connection);

  const Target& target_;
  std::size_t payload_;
  Poller poller_;
  std::deque<Client> clients_;
  std::deque<Connection> connections_;
  std::vector<Connection*> publishers_;
  std::map<std::string, std::vector<std::uint32_t>> audiences_;
  bool polling_ = true;

  const std::vector<Burst>* bursts_ = nullptr;
  Ledger* ledger_ = nullptr;
  std::size_t next_burst_ = 0;
  std::size_t next_publisher_ = 0;
  std::uint32_t next_number_ = 1;
  std::uint64_t began_ns_ = 0;
  std::uint64_t now_ns_ = 0;
  bool held_back_ = false;

  std::vector<char> buffer_;
  std::string scratch_;
  std::string request_;
  Punctuality punctuality_;
  std::size_t closed_ = 0;
  std::uint64_t responses_ = 0;
};

}  // namespace bayeux::bench
