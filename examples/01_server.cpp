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

  // What a client sends to /service/echo comes back to it alone, with the id of its message: a remote call.
  const auto echo = bus.channel("/service/echo").on_message([](const auto& from, const auto& message) {
    const bool bytes = bayeux::BinaryData::from(message).has_value();
    from.deliver(message.channel, message.data.json(),
                 {.id = message.id, .ext = bytes ? bayeux::BinaryData::ext() : bayeux::Json()});
  });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
