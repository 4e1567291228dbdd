#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/loopback.hpp>

namespace bayeux::loopback {

/// Shared, so that one which runs may be taken away meanwhile.
using Handler = std::shared_ptr<const Loopback::Handler>;

/// Which handlers a client has for which channels and patterns. What is taken out is returned, for the caller to
/// destroy when it holds no lock: a handler may own anything.
class HandlerTable final {
 public:
  void add(std::string_view name, Handler handler);

  std::vector<Handler> remove(std::string_view name);

  /// Takes one handler of that name away, if it is there.
  void remove(std::string_view name, const Handler& handler);

  /// Those for the channel itself and for every pattern that matches it, from `/**` down, each in its order.
  std::vector<Handler> matching(std::string_view channel) const;

 private:
  std::map<std::string, std::vector<Handler>, std::less<>> handlers_;
};

}  // namespace bayeux::loopback
