#pragma once

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/listener.hpp>

#include "hooks.hpp"

namespace bayeux::bus {

/// What the application said about single clients, which sessions know nothing of. A client about which nobody said
/// anything costs nothing.
///
/// It does not know which sessions live: whoever ends one erases what is said here, and whoever says something looks
/// afterwards whether the session still lives.
///
/// Threads: any, at once. Code of the host (values, extensions) is copied and destroyed under no lock.
class ClientTable final {
 public:
  /// How the client is served; what is not set is the bus's Config, or that of the channel.
  struct Settings {
    std::optional<Milliseconds> timeout;
    std::optional<Milliseconds> interval;
    std::optional<bool> broadcast_to_publisher;

    friend bool operator==(const Settings&, const Settings&) = default;
  };
  using Extensions = Hooks<std::shared_ptr<Extension>>;

  ClientTable();
  ~ClientTable();
  ClientTable(const ClientTable&) = delete;
  ClientTable& operator=(const ClientTable&) = delete;

  /// Nothing was said about any client. Costs a load.
  bool empty() const noexcept;

  std::string user(std::string_view id) const;

  /// Nobody, when `user` is empty.
  void set_user(std::string_view id, const std::string& user);

  /// The clients of a user, in the order in which they became theirs.
  std::vector<std::string> clients_of(std::string_view user) const;

  /// A copy; empty when there is none.
  std::any attribute(std::string_view id, std::string_view name) const;

  /// An empty value removes.
  void set_attribute(std::string_view id, std::string_view name, std::any value);

  Settings settings(std::string_view id) const;

  /// `work` runs under a lock: it only assigns.
  void change(std::string_view id, const std::function<void(Settings&)>& work);

  /// Whether `take_advice_changed` would say so.
  bool advice_changed(std::string_view id) const;

  /// Whether timeout or interval changed since this was last asked: the client has to be told.
  bool take_advice_changed(std::string_view id);

  /// Errors: throws std::system_error (callback_empty).
  Registration add_extension(std::string_view id, std::shared_ptr<Extension> extension);

  /// Those of one client, in the order in which they were added; a copy, as with Hooks.
  Extensions::List extensions(std::string_view id) const;

  /// Whether any client has extensions. Costs a load.
  bool has_extensions() const noexcept;
  bool has_extensions(std::string_view id) const;

  /// Forgets everything about a client, whose extensions are not called again. Doing it twice is nothing.
  void erase(std::string_view id);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux::bus
