#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/bayeux.hpp>

namespace bayeux::test {

/// What a client can tell a transport by. The suite asks for these and never for a name.
struct Facts {
  /// The name by which clients ask for it.
  std::string connection_type;

  /// Events come whether or not a connect is held.
  bool pushes = false;

  /// Without a held connect, only the reply to a connect brings events along.
  bool events_on_connect_only = false;

  /// It sets the browser cookie and is shown it.
  bool has_cookies = false;

  /// What a connect ends with whose place a newer one took; 0 where nothing is sent at all.
  int superseded = 0;

  /// How long a client is told to wait between two connects, none of which is held; 0 where they are held.
  Milliseconds heartbeat{0};

  bool holds_connects() const noexcept { return heartbeat.count() == 0; }

  /// What a request ends with that could not be read at all.
  int unreadable = 0;

  /// Such a request ends the connection, and what was held over it.
  bool closes = false;
};

/// What has come in over a wire.
struct Arrivals {
  std::vector<Json> messages;  ///< Replies and events, in the order in which they came.
  std::vector<int> failures;   ///< A status for each request that was answered by an error of the transport.
};

/// What one browser remembers, shared by its windows.
struct Browser {
  std::string cookie;
};

/// One client's end of a transport: as many requests or connections as that takes.
class Wire {
 public:
  virtual ~Wire() = default;

  /// Sends one request (one frame): the text of an array of messages, or anything else.
  virtual void send(std::string_view json) = 0;

  /// All that has come in since the last call; whatever is under way must have come in first. Looks only at what was
  /// woken or has just been sent, so that a wake which the bus forgot is an answer which never comes.
  virtual Arrivals arrived() = 0;

  /// Hangs up on everything that is open. What has been sent before counts as arrived. The next `send` opens anew.
  virtual void hang_up() = 0;
};

/// A transport at work on a bus.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Facts facts() const = 0;

  /// A client that keeps its cookies in `browser`; one that keeps none when that is nullptr.
  virtual std::unique_ptr<Wire> open(Browser* browser) = 0;
};

/// What the suite asks of a transport when it is made.
struct Limits {
  /// Bytes of events in one response, or in one go.
  std::size_t max_response = 512 * 1024;
};

using TransportMaker = std::function<std::unique_ptr<Transport>(Bus&, const Limits&)>;

/// The transports that are linked into this program, by name.
struct TransportEntry {
  std::string name;
  TransportMaker make;
};
std::vector<TransportEntry>& transports();

/// A global of this type makes a transport known.
struct TransportRegistration {
  TransportRegistration(std::string name, TransportMaker make) {
    transports().push_back({std::move(name), std::move(make)});
  }
};

}  // namespace bayeux::test
