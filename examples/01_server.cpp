#include <chrono>
#include <memory>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/extensions/acknowledge.hpp>
#include <bayeux/extensions/activity.hpp>
#include <bayeux/extensions/binary.hpp>
#include <bayeux/extensions/timestamp.hpp>
#include <bayeux/extensions/timesync.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

/// Every extension that comes with the library.
std::vector<bayeux::Registration> add_extensions(bayeux::Bus& bus) {
  using namespace std::chrono_literals;
  std::vector<bayeux::Registration> added;
  const auto add = [&](auto extension) { added.push_back(bus.add_extension(std::move(extension))); };
  add(std::make_shared<bayeux::Acknowledge>());
  add(std::make_shared<bayeux::TimeSync>(bayeux::TimeSyncOptions{.accuracy = 5ms}));
  add(std::make_shared<bayeux::Timestamp>());
  add(std::make_shared<bayeux::Binary>());
  add(std::make_shared<bayeux::Activity>(bayeux::ActivityOptions{.max_idle = 1h}));
  return added;
}

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  bayeux::AsioServer server(bus, options.server);
  std::vector<bayeux::Registration> extensions;
  if (options.open) extensions = add_extensions(bus);

  // A client calls "echo" and gets back what it sent.
  const auto echo = bus.add_remote_call("echo", [](const bayeux::Call& call) {
    const bool bytes = bayeux::BinaryData::from(call.message()).has_value();
    call.answer(call.data(), bytes ? bayeux::BinaryData::ext() : bayeux::Json());
  });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
