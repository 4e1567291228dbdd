#pragma once

#include <atomic>
#include <string>

#include <bayeux/id_source.hpp>

namespace bayeux::test {

/// Ids that a test can foresee: `client1`, `client2`, ... and `browser1`, `browser2`, ...
class CountedIds final : public IdSource {
 public:
  std::string client_id() override { return "client" + std::to_string(++clients_); }
  std::string browser_id() override { return "browser" + std::to_string(++browsers_); }

 private:
  std::atomic<int> clients_{0};
  std::atomic<int> browsers_{0};
};

}  // namespace bayeux::test
