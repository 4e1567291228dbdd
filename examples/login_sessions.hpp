#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

/// Who is signed in at the application: its own sessions, each known to one browser by a secret token. They have
/// nothing to do with the sessions of the bus.
///
/// Threads: any, at once.
class LoginSessions final {
 public:
  static constexpr std::chrono::hours life{12};

  /// Begins a session and returns its token: 192 random bits, which nobody can guess.
  std::string begin(std::string user) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(sessions_, [&](const auto& session) { return session.second.ends <= now; });
    std::string token;
    while (token.size() < 48) token += digits[random_() & 15];
    sessions_[token] = {std::move(user), now + life};
    return token;
  }

  /// Whose session it is; nothing when there is no such session, or no more.
  std::optional<std::string> user(std::string_view token) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(token);
    if (found == sessions_.end() || found->second.ends <= std::chrono::steady_clock::now()) return std::nullopt;
    return found->second.user;
  }

  /// Ends all sessions of a user.
  void end(std::string_view user) {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& session) { return session.second.user == user; });
  }

 private:
  struct Session {
    std::string user;
    std::chrono::steady_clock::time_point ends;
  };

  mutable std::mutex mutex_;
  std::random_device random_;
  std::map<std::string, Session, std::less<>> sessions_;
};
