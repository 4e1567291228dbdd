#pragma once

#include <string>

namespace bayeux {

/// Makes the ids that must not be guessed. A client id is all that a client without cookies has to prove who
/// it is, so a source must give at least 128 random bits and never the same id twice.
///
/// Threads: called from any number of threads at once.
/// Errors: an exception fails the handshake that asked, and nothing else.
class IdSource {
 public:
  virtual ~IdSource() = default;

  /// A new client id: letters and digits only.
  virtual std::string client_id() = 0;

  /// A new value for the browser cookie: letters and digits only.
  virtual std::string browser_id() = 0;
};

/// The source used when Config names none: 130 bits of the operating system's randomness, written as 26
/// characters of `a-z2-7`.
class SystemIdSource final : public IdSource {
 public:
  std::string client_id() override;
  std::string browser_id() override;
};

}  // namespace bayeux
