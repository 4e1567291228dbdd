// The chat inside an application that speaks HTTP with RESTinio: an express router, two threads, static files, and
// threads of the application's own that publish prices while requests are served. What is there because of the bus is
// marked with `bus:`.
//
//     curl http://127.0.0.1:8080/prices        # a route of the application
//     http://127.0.0.1:8080/live               # the same prices, as they come
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <restinio/all.hpp>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/restinio.hpp>
#include <bayeux/transports/clock_thread.hpp>

#include "chat.hpp"
#include "host_options.hpp"
#include "price_feed.hpp"
#include "stop_signals.hpp"

namespace {

using Router = restinio::router::express_router_t<>;

struct Traits : restinio::default_traits_t {
  using request_handler_t = Router;
  using connection_state_listener_t = bayeux::RestinioConnections;  // bus: who hangs up is noticed
};

constexpr std::size_t threads = 2;

constexpr const char* live_page = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8"><title>Prices</title><link rel="stylesheet" href="/shared/style.css">
<main class="sheet"><h1>Prices</h1><p data-connection="connecting">Connecting…</p><dl id="prices"></dl></main>
<script type="module">
  import { connect, element } from "/shared/bus.js";
  const rows = new Map();
  const show = (share, price) => {
    if (!rows.has(share)) {
      rows.set(share, element("dd"));
      document.getElementById("prices").append(element("dt", {}, share), rows.get(share));
    }
    rows.get(share).textContent = price.toFixed(2);
  };
  connect({
    ready: (cometd) => cometd.subscribe("/prices/*", ({ channel, data }) => show(channel.split("/")[2], data.price)),
  });
</script>
</html>
)";

auto answer(const restinio::request_handle_t& request, const char* type, std::string body) {
  return request->create_response()
      .append_header(restinio::http_field::content_type, type)
      .append_header(restinio::http_field::cache_control, "no-store")
      .set_body(std::move(body))
      .done();
}

/// What the name of a file says about it; browsers run no script that is not called one.
std::string content_type(const std::filesystem::path& file) {
  static const std::map<std::string, std::string> known{{".html", "text/html; charset=utf-8"},
                                                        {".css", "text/css; charset=utf-8"},
                                                        {".js", "text/javascript; charset=utf-8"},
                                                        {".json", "application/json"}};
  const auto found = known.find(file.extension());
  return found != known.end() ? found->second : "application/octet-stream";
}

/// A file of the page. Names are taken as they are: nothing is decoded, and what begins with a dot is nobody's business.
restinio::request_handling_status_t answer_file(const restinio::request_handle_t& request) {
  const std::string path(request->header().path());
  const bool odd = path.find("/.") != std::string::npos || path.starts_with("//") || !path.starts_with('/');
  auto file = std::filesystem::path(PAGES) / path.substr(1);
  if (path.ends_with('/')) file /= "index.html";
  std::error_code error;
  if (request->header().method() != restinio::http_method_get() || odd ||
      !std::filesystem::is_regular_file(file, error)) {
    return request->create_response(restinio::status_not_found()).set_body("There is nothing here\n").done();
  }
  return request->create_response()
      .append_header(restinio::http_field::content_type, content_type(file))
      .set_body(restinio::sendfile(file))
      .done();
}

std::unique_ptr<Router> make_router(const PriceFeed& feed, bayeux::RestinioEndpoint<Traits>& bus) {
  auto router = std::make_unique<Router>();
  router->http_get("/prices", [&feed](const auto& request, auto) {
    return answer(request, "application/json", feed.latest().text());
  });
  router->http_get("/live", [](const auto& request, auto) {
    return answer(request, "text/html; charset=utf-8", live_page);
  });
  router->non_matched_request_handler([&bus](const auto& request) {
    if (bus.serves(*request)) return bus.accept(request);  // bus: its paths
    return answer_file(request);
  });
  return router;
}

/// Everything but where to listen.
restinio::server_settings_t<Traits> make_settings(const bayeux::Bus& bus, const bayeux::Endpoint& endpoint,
                                                  const bayeux::RestinioEndpoint<Traits>& door) {
  restinio::server_settings_t<Traits> settings;
  settings.connection_state_listener(door.connections())  // bus: these four
      .max_pipelined_requests(2)
      .handle_request_timeout(bus.config().timeout + bus.config().verdict_timeout)
      .incoming_http_msg_limits(
          restinio::incoming_http_msg_limits_t().max_body_size(2 * endpoint.config().gateway.max_body))
      .socket_options_setter([](auto& options) { options.set_option(restinio::asio_ns::ip::tcp::no_delay(true)); });
  return settings;
}

void serve(std::uint16_t port, const StopSignals& signals) {
  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_doorman(rooms)});
  const Chat chat(bus, rooms);
  const PriceFeed feed(bus);
  const bayeux::ClockThread clock(bus);  // bus: its time
  bayeux::Endpoint endpoint(bus);

  restinio::asio_ns::io_context io;
  bayeux::RestinioEndpoint<Traits> door(endpoint, io);
  std::promise<std::uint16_t> bound;
  auto settings = make_settings(bus, endpoint, door);
  settings.address("127.0.0.1")
      .port(port)
      .acceptor_post_bind_hook([&](auto& acceptor) { bound.set_value(acceptor.local_endpoint().port()); })
      .request_handler(make_router(feed, door));
  const auto server = restinio::run_async<Traits>(restinio::external_io_context(io), std::move(settings), threads);
  announce(bound.get_future().get());
  signals.wait();
}

}  // namespace

int main(int count, char* values[]) try {
  const auto port = parse_port(count, values);
  const StopSignals signals;
  serve(port, signals);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
