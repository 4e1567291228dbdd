#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_deflate.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::websocket::test {
namespace {

constexpr FrameStream::Settings settings{.max_message = 200'000, .compress_above = 200};

class Dice final {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  bool one_in(std::size_t count) { return below(count) == 0; }

  /// Sizes around those at which something changes.
  std::size_t size() {
    constexpr std::array<std::size_t, 10> corners{0, 1, 122, 124, 126, 200, 1024, 4096, 65'533, 65'536};
    return one_in(3) ? below(300) : corners.at(below(corners.size())) + below(4);
  }
  std::string text(std::size_t size) {
    std::string text;
    while (text.size() < size) text += one_in(5) ? "\xe2\x82\xac" : std::to_string(below(100));
    return text;
  }

 private:
  std::minstd_rand random_;
};

/// What a client sends, and what is to come of it.
struct Script {
  std::string bytes;
  std::vector<std::string> texts;
  std::vector<std::string> pongs;
  int binaries = 0;
};

void add_message(Script& script, Dice& dice, bool compression) {
  const bool is_binary = dice.one_in(10);
  auto payload = dice.text(dice.size());
  if (is_binary) {
    ++script.binaries;
  } else {
    script.texts.push_back(payload);
  }
  const bool compressed = compression && dice.one_in(2);
  if (compressed) payload = client_deflate(payload, 9 + static_cast<int>(dice.below(7)));
  ClientFrame frame{is_binary ? Opcode::binary : Opcode::text, "", false, compressed ? 4 : 0};
  while (!frame.final) {
    frame.final = dice.one_in(2);
    frame.payload = frame.final ? payload : payload.substr(0, dice.below(payload.size() + 1));
    payload.erase(0, frame.payload.size());
    script.bytes += frame.bytes();
    frame.opcode = Opcode::continuation;
    frame.reserved = 0;
    if (!dice.one_in(3)) continue;
    script.pongs.push_back(dice.text(dice.below(120)));
    script.bytes += ClientFrame{Opcode::ping, script.pongs.back()}.bytes();
  }
}

/// Writes some of what waits, as a socket does that takes what it likes.
void write_some(FrameStream& stream, Dice& dice, std::string& written) {
  std::array<std::string_view, 5> parts;
  const auto count = stream.gather(std::span(parts).first(1 + dice.below(parts.size())));
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += parts.at(i);
  const auto taken = dice.below(all.size() + 1);
  written.append(all, 0, taken);
  stream.sent(taken);
}

std::string send_group(FrameStream& stream, Dice& dice, const std::vector<Frame>& stock) {
  std::vector<Frame> group;
  std::string text = "[";
  for (auto left = dice.below(6); left > 0; --left) {
    group.push_back(stock.at(dice.below(stock.size())));
    text.append(text.size() > 1 ? "," : "").append(group.back().text());
  }
  stream.send(group);
  return text + "]";
}

void play(unsigned seed, const std::optional<Compression>& compression) {
  Dice dice(seed);
  Script script;
  for (int i = 0; i < 20; ++i) add_message(script, dice, compression.has_value());
  std::vector<Frame> stock;
  for (int i = 0; i < 10; ++i) stock.push_back(message("{" + dice.text(dice.size()) + "}"));

  Server server(settings, compression);
  std::string written;
  std::vector<std::string> sent;
  const auto largest = dice.one_in(2) ? std::size_t{20} : std::size_t{20'000};
  for (std::string_view rest = script.bytes; !rest.empty();) {
    const auto piece = rest.substr(0, dice.below(largest) + 1);
    rest.remove_prefix(piece.size());
    server.feed(piece);
    if (sent.size() < 50 && dice.one_in(3)) sent.push_back(send_group(server.stream, dice, stock));
    if (dice.one_in(2)) write_some(server.stream, dice, written);
  }
  CHECK(server.messages == script.texts);
  CHECK(server.binaries == script.binaries);
  CHECK_FALSE(server.stream.half_read());
  CHECK_FALSE(server.stream.closing());

  written += server.written();
  std::vector<std::string> pongs;
  std::vector<std::string> received;
  for (auto& frame : take_apart(written)) {
    REQUIRE(frame.final);
    if (frame.opcode == Opcode::pong) {
      pongs.push_back(frame.payload);
    } else {
      REQUIRE(frame.opcode == Opcode::text);
      REQUIRE((frame.reserved == 0 || (frame.reserved == 4 && compression)));
      received.push_back(frame.reserved == 4 ? client_inflate(frame.payload, compression->server_max_window_bits)
                                             : frame.payload);
    }
  }
  CHECK(pongs == script.pongs);
  CHECK(received == sent);
}

}  // namespace

TEST_CASE("whatever is said, in whatever pieces, arrives in both directions", "[websocket]") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    play(seed, std::nullopt);
    play(seed, Compression{9 + static_cast<int>(seed % 7)});
  }
}

}  // namespace bayeux::websocket::test
