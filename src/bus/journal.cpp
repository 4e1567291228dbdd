#include "journal.hpp"

#include <chrono>

namespace bayeux::bus {

std::string log_id(std::string_view client_id) {
  // FNV-1a, of which 32 of 64 bits are shown.
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const char c : client_id) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  sum ^= sum >> 32;
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[sum >> shift & 0xf];
  return text;
}

bool Journal::is_due(Count what) noexcept {
  auto& next = next_[static_cast<std::size_t>(what)];
  const auto now = config_.clock->now();
  auto expected = next.load(std::memory_order_relaxed);
  if (now.time_since_epoch().count() < expected) return false;
  return next.compare_exchange_strong(expected, (now + std::chrono::seconds(1)).time_since_epoch().count());
}

void Journal::limit_hit(Count what, std::uint64_t count, std::string_view client_id) noexcept {
  const auto name = limit_name(what);
  if (config_.log == nullptr || name.empty() || !is_due(what)) return;
  try {
    std::string line("limit=");
    line.append(name).append(" count=").append(std::to_string(count));
    if (!client_id.empty()) line.append(" client=").append(log_id(client_id));
    config_.log->write(LogLevel::warning, line);
  } catch (...) {
    config_.log->write(LogLevel::warning, name);
  }
}

void Journal::write(LogLevel level, const std::string& line) noexcept {
  if (config_.log != nullptr) config_.log->write(level, line);
}

}  // namespace bayeux::bus
