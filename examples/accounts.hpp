#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "worker.hpp"

/// Stands for the user database of an application: a table in memory, for this demonstration only. A real one keeps no
/// passwords but their salted hashes, made by a function that is slow on purpose (Argon2, scrypt, bcrypt).
///
/// Threads: any, at once.
class Accounts final {
 public:
  bool knows(std::string_view user, std::string_view password) const {
    const auto found = passwords_.find(user);
    return found != passwords_.end() && found->second == password;
  }

  /// Finds out whether a user may come in now, and tells `answer`: later and on another thread, as a database far away
  /// would.
  void look_up(std::string user, std::function<void(bool welcome)> answer) {
    worker_.run([this, user = std::move(user), answer = std::move(answer)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      answer(passwords_.contains(user));
    });
  }

 private:
  const std::map<std::string, std::string, std::less<>> passwords_{
      {"ann", "apple"}, {"bob", "banana"}, {"cleo", "cherry"}};
  Worker worker_;
};
