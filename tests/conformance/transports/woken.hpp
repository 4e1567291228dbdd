#pragma once

#include <atomic>

#include <bayeux/transport.hpp>

namespace bayeux::test {

/// Remembers that it was woken, until somebody comes to look. Begins woken: whoever has just sent looks at once.
class WokenCarrier final : public Carrier {
 public:
  void wake() noexcept override { woken_ = true; }
  bool look() noexcept { return woken_.exchange(false); }

 private:
  std::atomic<bool> woken_{true};
};

}  // namespace bayeux::test
