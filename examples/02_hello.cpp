#include <chrono>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

namespace {

std::int64_t milliseconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// Answers `GET /push`: an event that begins in the application, not in a browser.
bayeux::HttpResponse push(const bayeux::Channel& channel) {
  const std::error_code error = channel.publish({{"text", "hello from the server"}, {"from", "server"}});
  const std::string body =
      error ? error.message() + "\n" : "pushed to " + std::to_string(channel.subscribers()) + " subscribers\n";
  return {.status = error ? 500 : 200, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = body};
}

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  bayeux::AsioServer server(bus, options.server);

  server.route("/push", [hello = bus.channel("/hello/world")](const auto&) { return push(hello); });
  server.every(std::chrono::seconds(1), [time = bus.channel("/hello/time")] {
    time.publish({{"now", milliseconds_since_1970()}, {"windows", time.subscribers()}});
  });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
