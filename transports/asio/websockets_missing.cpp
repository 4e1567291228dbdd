#include "websockets.hpp"

namespace bayeux::http1 {

std::unique_ptr<WebSockets> make_websockets(Bus&, const AsioServerConfig&) {
  return nullptr;
}

}  // namespace bayeux::http1
