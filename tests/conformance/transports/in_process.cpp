#include <utility>

#include "conformance/transport.hpp"
#include "conformance/transports/woken.hpp"

namespace bayeux::test {
namespace {

/// A lasting connection, as an in-process client has one: the link itself.
class InProcessWire final : public Wire {
 public:
  InProcessWire(Bus& bus, std::size_t max_take) : bus_(bus), max_take_(max_take) {}

  void send(std::string_view json) override {
    if (link_ == nullptr) {
      carrier_ = std::make_shared<WokenCarrier>();
      link_ = bus_.open_link({"in-process", true, false, std::nullopt}, carrier_);
    }
    if (link_->receive(json)) failures_.push_back(Facts{}.unreadable);
    carrier_->wake();
  }

  Arrivals arrived() override {
    Arrivals arrivals;
    arrivals.failures = std::exchange(failures_, {});
    if (link_ == nullptr || !carrier_->look()) return arrivals;
    do {
      take(arrivals);
    } while (link_->ready());
    return arrivals;
  }

  void hang_up() override { link_.reset(); }

 private:
  static constexpr int too_much = 413;

  void take(Arrivals& arrivals) {
    std::size_t events = 0;
    std::size_t bytes = 0;
    for (const auto& frame : link_->take(max_take_)) {
      arrivals.messages.push_back(Json::parse(frame.text()).value_or("the frame is not JSON"));
      if (frame.kind() != Frame::Kind::event) continue;
      ++events;
      bytes += frame.size();
    }
    if (events > 1 && bytes > max_take_) arrivals.failures.push_back(too_much);
  }

  Bus& bus_;
  const std::size_t max_take_;
  std::shared_ptr<WokenCarrier> carrier_;
  std::unique_ptr<Link> link_;
  std::vector<int> failures_;
};

class InProcess final : public Transport {
 public:
  InProcess(Bus& bus, const Limits& limits) : bus_(bus), max_take_(limits.max_response) {
    bus.add_connection_type("in-process");
  }

  Facts facts() const override { return {.connection_type = "in-process", .pushes = true}; }
  std::unique_ptr<Wire> open(Browser*) override { return std::make_unique<InProcessWire>(bus_, max_take_); }

 private:
  Bus& bus_;
  const std::size_t max_take_;
};

const TransportRegistration registration("in-process", [](Bus& bus, const Limits& limits) {
  return std::make_unique<InProcess>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
