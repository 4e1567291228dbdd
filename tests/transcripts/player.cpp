#include "transcripts/player.hpp"

#include <cctype>
#include <istream>
#include <stdexcept>
#include <utility>

namespace bayeux::test {
namespace {

/// What is not as the transcript says.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Cuts the first word off.
std::string cut_word(std::string& text) {
  const auto end = text.find(' ');
  std::string word = text.substr(0, end);
  text = end == std::string::npos ? std::string() : text.substr(text.find_first_not_of(' ', end));
  return word;
}

std::string text_of(const std::vector<Frame>& frames) {
  std::string all = "[";
  for (const auto& frame : frames) {
    if (all.size() > 1) all += ',';
    all += frame.text();
  }
  return all += "]";
}

Json value_of(const std::string& text) {
  const auto value = Json::parse(text);
  if (!value) throw Mismatch("not JSON: " + text);
  return *value;
}

}  // namespace

std::string Player::play(std::istream& lines) {
  std::string text;
  for (int number = 1; std::getline(lines, text); ++number) {
    if (text.empty() || text[0] == '#') continue;
    try {
      line(text);
    } catch (const Mismatch& wrong) {
      return "line " + std::to_string(number) + ": " + text + "\n  " + wrong.what();
    }
  }
  try {
    nothing_is_left_unread();
  } catch (const Mismatch& wrong) {
    return std::string("at the end: ") + wrong.what();
  }
  return {};
}

void Player::line(const std::string& text) {
  std::string rest = text;
  const std::string first = cut_word(rest);
  if (first == "config") {
    const std::string name = cut_word(rest);
    return configure(name, rest);
  }
  if (std::isupper(static_cast<unsigned char>(first[0])) != 0) {
    const std::string verb = cut_word(rest);
    return speak(peers_[first], verb, rest);
  }
  nothing_is_left_unread();
  act(first, rest);
}

Bus& Player::bus() {
  if (!bus_) bus_.emplace(config_);
  return **bus_;
}

void Player::configure(const std::string& name, const std::string& value) {
  if (bus_) throw Mismatch("too late to configure");
  const Milliseconds span(std::stol(value));
  if (name == "timeout") return void(config_.timeout = span);
  if (name == "interval") return void(config_.interval = span);
  if (name == "max_interval") return void(config_.max_interval = span);
  if (name == "handshake_reconnect") return void(config_.handshake_reconnect = span.count() != 0);
  if (name == "max_sessions_per_browser") return void(config_.max_sessions_per_browser = std::stoi(value));
  if (name == "broadcast_to_publisher") return void(config_.broadcast_to_publisher = span.count() != 0);
  throw Mismatch("no such setting");
}

void Player::speak(Peer& peer, const std::string& verb, const std::string& rest) {
  if (verb == "-->") {
    nothing_is_left_unread();
    return send(peer, rest);
  }
  if (verb == "<--") return expect(peer, rest);
  if (verb == "...") return expect_silence(peer);
  if (verb == "browser") return void(peer.browser = rest);
  if (verb == "socket") return void(peer.socket = true);
  if (verb == "callback-polling") return void(peer.connects_only = true);
  if (verb == "cookie") {
    if (cookies_[*peer.browser] != rest) throw Mismatch("the cookie is " + cookies_[*peer.browser]);
    return;
  }
  if (verb == "hangs-up") return peer.open.clear();
  throw Mismatch("no such verb");
}

void Player::send(Peer& peer, const std::string& text) {
  if (!peer.socket || peer.open.empty()) {
    LinkOptions options{"long-polling", peer.socket, peer.connects_only, std::nullopt};
    if (peer.browser) options.browser = cookies_[*peer.browser];
    const auto carrier = std::make_shared<CountingCarrier>();
    peer.open.push_back({carrier, bus().open_link(std::move(options), carrier)});
  }
  Link& link = *peer.open.back().link;
  const auto error = link.receive(text);
  if (error) {
    peer.open.pop_back();
    throw Mismatch(error.message());
  }
  if (!link.new_browser().empty()) cookies_[*peer.browser] = link.new_browser();
}

void Player::expect(Peer& peer, const std::string& text) {
  for (auto request = peer.open.begin(); request != peer.open.end(); ++request) {
    if (!request->link->ready()) continue;
    std::string came = text_of(request->link->take(1 << 20));
    if (request->link->superseded()) came = "superseded";
    if (!peer.socket) peer.open.erase(request);
    if (came != text) throw Mismatch("came: " + came);
    return;
  }
  throw Mismatch("nothing came");
}

void Player::expect_silence(const Peer& peer) const {
  if (peer.open.empty()) throw Mismatch("nothing is held");
  nothing_is_left_unread();
}

void Player::nothing_is_left_unread() const {
  for (const auto& [name, peer] : peers_) {
    for (const auto& request : peer.open) {
      if (request.link->ready()) throw Mismatch(name + " was also told: " + text_of(request.link->take(1 << 20)));
    }
  }
}

void Player::act(const std::string& verb, const std::string& text) {
  std::string rest = text;
  const std::string first = cut_word(rest);
  const auto check = [](const std::error_code& error) {
    if (error) throw Mismatch(error.message());
  };
  if (verb == "@") {
    bus();
    return bus_->advance(Milliseconds(std::stol(first)));
  }
  if (verb == "publish") return check(bus().channel(first).publish_text(rest));
  if (verb == "deliver") {
    const std::string channel = cut_word(rest);
    return check(bus().client(first).deliver(channel, value_of(rest)));
  }
  if (verb == "kick") return check(bus().client(first).disconnect());
  if (verb == "echo") {
    auto answer = [](const Client& from, const Message& message) {
      from.deliver(message.channel, message.data.json(), {.id = message.id});
    };
    return registrations_.push_back(bus().channel(first).on_message(answer));
  }
  throw Mismatch("no such line");
}

}  // namespace bayeux::test
