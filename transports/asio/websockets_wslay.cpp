#include <atomic>
#include <utility>

#include <bayeux/transports/websocket.hpp>

#include "endpoint/paths.hpp"
#include "response_head.hpp"
#include "websocket/frames/compression.hpp"
#include "websocket/frames/negotiation.hpp"
#include "websocket_conversation.hpp"
#include "websockets.hpp"

namespace bayeux::http1 {
namespace {

class Change final : public ProtocolChange {
 public:
  Change(std::shared_ptr<WebSocketShare> share, websocket::Upgrade upgrade, WebSocketAnswer answer)
      : share_(std::move(share)), upgrade_(std::move(upgrade)), answer_(std::move(answer)) {}

  std::string head() override { return websocket::upgrade_head(upgrade_, answer_.protocol); }

  std::unique_ptr<Conversation> begin(Connection& connection, std::string bytes) override {
    return std::make_unique<WebSocketConversation>(connection, share_, std::move(answer_.session), upgrade_.compression,
                                                   std::move(bytes));
  }

 private:
  const std::shared_ptr<WebSocketShare> share_;
  const websocket::Upgrade upgrade_;
  WebSocketAnswer answer_;
};

class WslayWebSockets final : public WebSockets {
 public:
  WslayWebSockets(Bus& bus, const AsioServerConfig& config)
      : gateway_(bus, endpoint::completed(*config.websocket, config.gateway)), compress_(config.compress_above > 0 && websocket::can_compress()) {
    share_->settings = {gateway_.config().max_message, config.compress_above};
  }

  WebSocketReply open(const HttpRequest& request, std::shared_ptr<Carrier> carrier) override {
    WebSocketReply reply;
    auto upgrade = websocket::negotiate(request, compress_);
    if (upgrade.refusal != 0) {
      bad_upgrades_.fetch_add(1, std::memory_order_relaxed);
      reply.refusal = status_response(upgrade.refusal);
      auto header = websocket::refusal_header(upgrade.refusal);
      if (!header.first.empty()) reply.refusal.headers.push_back(std::move(header));
      return reply;
    }
    auto answer = gateway_.open(request, std::move(carrier));
    if (answer.session == nullptr) {
      reply.refusal = std::move(answer.refusal);
    } else {
      reply.change = std::make_unique<Change>(share_, std::move(upgrade), std::move(answer));
    }
    return reply;
  }

  WebSocketStats stats() const noexcept override {
    auto stats = gateway_.stats();
    stats.bad_upgrades = bad_upgrades_;
    return stats;
  }

  void count(AsioServerStats& stats) const override {
    const auto& counters = share_->counters;
    stats.websockets = share_->open;
    stats.websocket_messages_in = counters.messages_in;
    stats.websocket_messages_out = counters.messages_out;
    stats.framed = counters.framed;
    stats.deflated = counters.deflated;
    stats.inflated = counters.inflated;
    stats.pings = counters.pings_out;
    stats.protocol_errors = counters.protocol_errors;
  }

 private:
  const std::shared_ptr<WebSocketShare> share_ = std::make_shared<WebSocketShare>();
  WebSocketGateway gateway_;
  const bool compress_;
  std::atomic<std::uint64_t> bad_upgrades_{0};
};

}  // namespace

std::unique_ptr<WebSockets> make_websockets(Bus& bus, const AsioServerConfig& config) {
  return config.websocket ? std::make_unique<WslayWebSockets>(bus, config) : nullptr;
}

}  // namespace bayeux::http1
