#include "threads/crowd.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace bayeux::test {
namespace {

/// Ten times what the slowest of these tests needs under TSan on a busy machine.
constexpr std::chrono::minutes patience{4};

constexpr std::size_t max_bytes = 4096;

}  // namespace

std::uint32_t seed() {
  static const std::uint32_t value = [] {
    const char* given = std::getenv("BAYEUX_SEED");
    const auto chosen = given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                                         : static_cast<std::uint32_t>(std::random_device{}());
    std::printf("BAYEUX_SEED=%u\n", static_cast<unsigned>(chosen));
    std::fflush(stdout);
    return chosen;
  }();
  return value;
}

Watchdog::Watchdog(std::string what)
    : thread_([this, what = std::move(what)] {
        std::unique_lock lock(mutex_);
        if (done_.wait_for(lock, patience, [this] { return over_; })) return;
        std::fprintf(stderr, "nothing moves any more: %s (BAYEUX_SEED=%u)\n", what.c_str(),
                     static_cast<unsigned>(seed()));
        std::abort();
      }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  done_.notify_all();
  thread_.join();
}

std::string Customer::message(std::string_view channel, std::string_view more) {
  std::string text = R"({"id":")" + std::to_string(++last_id_) + R"(","channel":")";
  text.append(channel).append("\"");
  if (!id_.empty()) text.append(R"(,"clientId":")").append(id_).append("\"");
  if (!more.empty()) text.append(",").append(more);
  if (acknowledges_ && channel == "/meta/connect") {
    text.append(R"(,"ext":{"ack":)").append(std::to_string(acknowledged_)).append("}");
  }
  return text += '}';
}

bool Customer::shake_hands(bool acknowledges) {
  id_.clear();
  acknowledges_ = acknowledges;
  acknowledged_ = 0;
  const auto* more = acknowledges ? R"("version":"1.0","ext":{"ack":true})" : R"("version":"1.0")";
  id_ = ask("/meta/handshake", more)["clientId"].as_string();
  return !id_.empty();
}

std::unique_ptr<Link> Customer::send(std::string_view text) {
  if (!duplex_ || link_ == nullptr) {
    carrier_ = std::make_shared<WaitingCarrier>();
    link_ = bus_.open_link({duplex_ ? "in-process" : "long-polling", duplex_, false, std::nullopt}, carrier_);
  }
  link_->receive(text);
  return duplex_ ? nullptr : std::move(link_);
}

void Customer::take(Link& link) {
  for (const auto& frame : link.take(max_bytes)) {
    Json message = Json::parse(frame.text()).value_or(Json());
    if (message.find("successful") == nullptr) {
      events_.push_back(std::move(message));
      continue;
    }
    const Json& acknowledged = message["ext"]["ack"];
    if (acknowledges_ && acknowledged.is_number()) acknowledged_ = acknowledged.as_integer();
    if (message["id"] == Json(std::to_string(connect_id_))) connect_id_ = 0;
    if (message["id"] == Json(std::to_string(last_id_))) reply_ = std::move(message);
  }
}

Json Customer::ask(std::string_view channel, std::string_view more) {
  reply_ = Json();
  const auto own = send(message(channel, more));
  take(own != nullptr ? *own : *link_);
  return reply_;
}

Json Customer::connect() {
  return ask("/meta/connect");
}

void Customer::listen(Milliseconds timeout) {
  std::string advice;
  if (timeout.count() > 0) advice = R"("advice":{"timeout":)" + std::to_string(timeout.count()) + "}";
  if (!duplex_) {
    const auto link = send(message("/meta/connect", advice));
    while (!link->ready()) carrier_->wait();
    return take(*link);
  }
  if (connect_id_ == 0 || link_ == nullptr) {
    const auto text = message("/meta/connect", advice);
    connect_id_ = last_id_;
    send(text);
    take(*link_);
    if (!events_.empty() || connect_id_ == 0) return;
  }
  while (!link_->ready()) carrier_->wait();
  take(*link_);
}

void Customer::drain() {
  std::size_t before;
  do {
    before = events_.size();
    ask("/nowhere", "\"data\":0");
  } while (events_.size() != before);
}

void Customer::hang_up_on_connect() {
  if (duplex_) return hang_up();
  send(message("/meta/connect", {}))->close();
}

}  // namespace bayeux::test
