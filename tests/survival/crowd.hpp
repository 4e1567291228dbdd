#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::test {

/// Many clients that poll, in the thread that runs them. Each has a connection of its own, does what advice tells it,
/// and so stands for a browser somewhere else.
class Crowd final {
 public:
  using Clock = std::chrono::steady_clock;

  Crowd(std::uint16_t port, std::size_t size);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Cuts all connections at once, without a word (RST), and forgets all sessions.
  void drop();

  /// All of them connect and shake hands, at once.
  void come();

  /// Lets them do what they have to until that is so, or so much time has passed. False in the latter case.
  bool run_until(const std::function<bool()>& so, std::chrono::milliseconds longest);

  std::size_t size() const noexcept { return clients_.size(); }

  // Since they came last.

  std::size_t here() const noexcept { return here_; }                 ///< Have a session, and poll.
  std::size_t tries() const noexcept { return tries_; }               ///< Handshakes that were sent.
  std::size_t broken() const noexcept { return broken_; }             ///< Connections that were cut or refused.
  std::size_t advised_nothing() const noexcept { return advised_nothing_; }  ///< Refusals without an interval.
  std::int64_t longest_interval() const noexcept { return longest_; }  ///< In ms, of all that they were told to wait.

 private:
  enum class Step : std::uint8_t { gone, connecting, shaking, waiting, greeting, polling };

  struct Client {
    int socket = -1;
    Step step = Step::gone;
    std::string id;
    std::string input;
  };

  void open(Client& client);
  void close(Client& client);
  void look(Client& client, std::uint32_t events);
  void read(Client& client);
  void answered(Client& client, std::string_view body);
  void shaken(Client& client, std::string_view body);
  void send(Client& client, const std::string& text);
  void shake_hands(Client& client);
  void poll(Client& client, Step step);
  void call_later(Client& client, std::chrono::milliseconds wait);
  void run_due();

  const std::uint16_t port_;
  const int epoll_;
  std::vector<Client> clients_;
  std::multimap<Clock::time_point, Client*> due_;
  std::size_t here_ = 0;
  std::size_t tries_ = 0;
  std::size_t broken_ = 0;
  std::size_t advised_nothing_ = 0;
  std::int64_t longest_ = 0;
};

}  // namespace bayeux::test
