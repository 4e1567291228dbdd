#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace bayeux::bench {

/// The least that a server could do: an epoll loop which reads what comes, and answers all `parked` connections with
/// the same bytes when the one that was opened after them sends something. That one hears what it cost, in seconds
/// of CPU time.
void run_floor(std::size_t parked, const std::string& response, const std::function<void(std::uint16_t)>& listening);

}  // namespace bayeux::bench
