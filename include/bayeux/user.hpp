#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/client.hpp>
#include <bayeux/delivery.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// A user, who may have any number of clients: windows, devices. See Verdict::allow_as and Client::set_user.
///
/// A handle: cheap to copy, may outlive the bus.
///
/// Threads: any, at once.
class User final {
 public:
  const std::string& name() const noexcept { return name_; }

  /// The clients that the user has now.
  std::vector<Client> clients() const;

  /// Sends a message to every client of the user, serialised once; see Client::deliver. Returns how many got it.
  ///
  /// Errors: `error`, where given, gets what Client::deliver would return; client_unknown when the user has none.
  std::size_t deliver(std::string_view channel, Json data, DeliverOptions options = {},
                      std::error_code* error = nullptr) const;

  /// Ends all sessions of the user. Returns how many there were.
  std::size_t disconnect() const;

 private:
  friend class BusAccess;
  std::weak_ptr<class BusCore> bus_;
  std::string name_;
};

}  // namespace bayeux
