#include <bayeux/extensions/timestamp.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include <bayeux/message.hpp>

namespace bayeux {
namespace {

namespace calendar = std::chrono;

/// The bounds of the form with four digits for the year (RFC 3339).
constexpr calendar::sys_days first_day = calendar::year(0) / calendar::January / 1;
constexpr calendar::sys_days last_day = calendar::year(9999) / calendar::December / 31;
constexpr Milliseconds earliest = first_day.time_since_epoch();
constexpr Milliseconds latest = last_day.time_since_epoch() + calendar::days(1) - Milliseconds(1);

void write(std::string& text, std::int64_t value, std::size_t digits) {
  const std::string plain = std::to_string(value);
  text.append(digits - plain.size(), '0').append(plain);
}

}  // namespace

Timestamp::Timestamp(WallClock clock) : clock_(clock ? std::move(clock) : WallClock(system_time)) {}

Flow Timestamp::outgoing(const Client&, Message& message) {
  stamp(message);
  return Flow::pass;
}

Flow Timestamp::reply(const Client&, Message& message) {
  stamp(message);
  return Flow::pass;
}

void Timestamp::stamp(Message& message) const {
  message.members["timestamp"] = text(clock_());
}

std::string Timestamp::text(Milliseconds since_1970) {
  const calendar::sys_time<Milliseconds> moment(std::clamp(since_1970, earliest, latest));
  const auto midnight = calendar::floor<calendar::days>(moment);
  const calendar::year_month_day date(midnight);
  const calendar::hh_mm_ss time(moment - midnight);
  std::string text;
  write(text, int(date.year()), 4);
  write(text += '-', unsigned(date.month()), 2);
  write(text += '-', unsigned(date.day()), 2);
  write(text += 'T', time.hours().count(), 2);
  write(text += ':', time.minutes().count(), 2);
  write(text += ':', time.seconds().count(), 2);
  write(text += '.', time.subseconds().count(), 3);
  return text += 'Z';
}

}  // namespace bayeux
