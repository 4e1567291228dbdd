// The chat inside an application that speaks HTTP with Boost.Beast: a coroutine for each connection, on a strand of its
// own, a few threads, static files, and a login. What is there because of the bus is marked with `bus:`.
//
//     curl -i -c jar -d user=ann -d password=apple http://127.0.0.1:8080/login     # bob has banana, cleo has cherry
//     curl -b jar http://127.0.0.1:8080/me
//     curl -b jar -d 'text=Tea is ready' http://127.0.0.1:8080/announce            # a route that publishes
//
// Guests may chat as well; who is signed in is known to the bus by name, and leaves it when signing out.
#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/beast.hpp>
#include <bayeux/transports/clock_thread.hpp>

#include "chat.hpp"
#include "form.hpp"
#include "host_login.hpp"
#include "host_options.hpp"

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using net::ip::tcp;

namespace {

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr auto idle_limit = std::chrono::seconds(30);
constexpr auto linger_limit = std::chrono::seconds(5);
constexpr std::size_t thread_count = 3;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

Response reply(const Request& request, http::status status, const std::string& type, std::string body) {
  Response response(status, request.version());
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, "no-store");
  response.body() = std::move(body);
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

Response text(const Request& request, http::status status, const std::string& body) {
  return reply(request, status, "text/plain; charset=utf-8", body + "\n");
}

/// Sends the browser home.
Response go_home(const Request& request, const std::optional<std::string>& cookie) {
  Response response = text(request, cookie ? http::status::see_other : http::status::forbidden,
                           cookie ? "" : "That name and password do not go together");
  if (cookie) {
    response.set(http::field::location, "/");
    response.set(http::field::set_cookie, *cookie);
  }
  return response;
}

/// The routes of the application.
class Routes final {
 public:
  Routes(HostLogin& login, bayeux::Bus& bus) : login_(login), bus_(bus) {}

  /// Nothing when the request is for none of them.
  std::optional<Response> answer(const Request& request) {
    const auto path = view(request.target());
    const std::string user = login_.user(view(request[http::field::cookie]));
    if (path == "/me") {
      const auto me = bayeux::Json::object({{"user", user.empty() ? bayeux::Json() : bayeux::Json(user)}});
      return reply(request, http::status::ok, "application/json", me.text());
    }
    if (path != "/login" && path != "/logout" && path != "/announce") return std::nullopt;
    if (request.method() != http::verb::post) return text(request, http::status::method_not_allowed, "POST it");
    if (path == "/login") return go_home(request, login_.sign_in(request.body()));
    if (user.empty()) return text(request, http::status::unauthorized, "Sign in first");
    return path == "/logout" ? log_out(request, user) : announce(request, user);
  }

 private:
  Response log_out(const Request& request, const std::string& user) {
    bus_.user(user).disconnect();  // bus: none of their windows stays on it
    return go_home(request, login_.sign_out(user));
  }

  /// bus: a request of the host is published to everybody who listens.
  Response announce(const Request& request, const std::string& user) {
    const auto words = form_field(request.body(), "text");
    if (!is_line(words, ChatRooms::max_text)) return text(request, http::status::bad_request, "Say something");
    bus_.channel("/announcements").publish({{"from", user}, {"text", words}, {"at", wall_clock()}});
    return text(request, http::status::accepted, "Announced");
  }

  HostLogin& login_;
  bayeux::Bus& bus_;
};

std::string mime_type(const std::filesystem::path& file) {
  const auto end = file.extension();
  if (end == ".html") return "text/html; charset=utf-8";
  if (end == ".js") return "text/javascript; charset=utf-8";
  if (end == ".css") return "text/css; charset=utf-8";
  return "application/octet-stream";
}

/// The file that a target names; nothing when there is none, or when it would lead out of the folder.
std::optional<std::filesystem::path> find_file(std::string_view target) {
  target = target.substr(0, target.find('?'));
  if (!target.starts_with('/') || target.find("..") != target.npos || target.find('\\') != target.npos) return {};
  std::filesystem::path file = PAGES + std::string(target);
  if (target.ends_with('/')) file /= "index.html";
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) ? std::optional(file) : std::nullopt;
}

net::awaitable<void> send_file(beast::tcp_stream& stream, const Request& request, const std::filesystem::path& file) {
  http::response<http::file_body> response(http::status::ok, request.version());
  response.set(http::field::content_type, mime_type(file));
  response.keep_alive(request.keep_alive());
  beast::error_code error;
  response.body().open(file.c_str(), beast::file_mode::scan, error);
  if (error) throw beast::system_error(error);
  response.prepare_payload();
  http::response_serializer<http::file_body> serializer(response);
  if (request.method() == http::verb::head) {
    co_await http::async_write_header(stream, serializer, net::use_awaitable);
  } else {
    co_await http::async_write(stream, serializer, net::use_awaitable);
  }
}

net::awaitable<void> send(beast::tcp_stream& stream, const Request& request, Response response) {
  if (request.method() == http::verb::head) response.body().clear();
  co_await http::async_write(stream, response, net::use_awaitable);
}

/// What the connections share.
struct Application {
  HostLogin& login;
  Routes& routes;
  bayeux::Endpoint& endpoint;
};

net::awaitable<void> answer(Application app, beast::tcp_stream& stream, const Request& request) {
  stream.expires_after(idle_limit);
  if (auto response = app.routes.answer(request)) co_return co_await send(stream, request, std::move(*response));
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  if (!reads) co_return co_await send(stream, request, text(request, http::status::method_not_allowed, "Not here"));
  if (const auto file = find_file(view(request.target()))) co_return co_await send_file(stream, request, *file);
  co_await send(stream, request, text(request, http::status::not_found, "There is nothing here"));
}

/// A request that could be read only in part ends its connection. Who sent too much is told so; what they go on to send
/// is read for a while, since closing at once would reset the connection before they see the response.
net::awaitable<void> refuse(beast::tcp_stream& stream, beast::error_code error) {
  if (error != http::error::body_limit) co_return;
  Request request;
  request.keep_alive(false);
  stream.expires_after(linger_limit);
  co_await send(stream, request, text(request, http::status::payload_too_large, "That is too much"));
  stream.socket().shutdown(tcp::socket::shutdown_send);
  for (std::array<char, 4096> rest;;) co_await stream.async_read_some(net::buffer(rest), net::use_awaitable);
}

/// One connection.
net::awaitable<void> serve(Application app, beast::tcp_stream stream) {
  beast::flat_buffer buffer;
  for (bool keep_alive = true; keep_alive;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(app.endpoint.config().gateway.max_body);
    stream.expires_after(idle_limit);
    beast::error_code error;
    co_await http::async_read(stream, buffer, parser, net::redirect_error(net::use_awaitable, error));
    if (error) co_return co_await refuse(stream, error);
    const Request request = parser.release();

    // bus: here it takes its requests, and what the host knows of them.
    if (app.endpoint.serves(view(request.target()))) {
      bayeux::BeastOptions options{.attachment = Visitor{app.login.user(view(request[http::field::cookie]))}};
      if (websocket::is_upgrade(request)) {
        websocket::stream<beast::tcp_stream> socket(std::move(stream));
        co_return co_await bayeux::async_run_websocket(app.endpoint, std::move(socket), request, std::move(options),
                                                       net::use_awaitable);
      }
      keep_alive = co_await bayeux::async_answer(app.endpoint, stream, buffer, request, std::move(options),
                                                 net::use_awaitable);
      continue;
    }

    co_await answer(app, stream, request);
    keep_alive = request.keep_alive();
  }
}

/// A connection that fails is a peer that went away.
void forget(std::exception_ptr) {}

net::awaitable<void> accept(Application app, tcp::acceptor& acceptor) {
  for (;;) {
    const auto strand = net::make_strand(acceptor.get_executor());
    beast::error_code error;
    tcp::socket socket(strand);
    co_await acceptor.async_accept(socket, net::redirect_error(net::use_awaitable, error));
    if (!error) {
      co_spawn(strand, serve(app, beast::tcp_stream(std::move(socket))), forget);
      continue;
    }
    // There are too many connections for the system: some will end.
    net::steady_timer pause(strand, std::chrono::milliseconds(100));
    co_await pause.async_wait(net::use_awaitable);
  }
}

void run_threads(net::io_context& io) {
  std::vector<std::thread> threads;
  while (threads.size() < thread_count) threads.emplace_back([&io] { io.run(); });
  for (auto& thread : threads) thread.join();
}

}  // namespace

int main(int count, char* values[]) try {
  const auto port = parse_port(count, values);
  const auto login = std::make_shared<HostLogin>();

  // bus: it, the chat that uses it, its place in this server, and its clock. All outlive the connections in `io`, but
  // for the clock: no other thread may wake them while they go.
  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_guest_list(login, make_doorman(rooms))});
  const Chat chat(bus, rooms);
  bayeux::Endpoint endpoint(bus);
  net::io_context io(thread_count);
  const bayeux::ClockThread clock(bus);

  Routes routes(*login, bus);
  tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), port});
  co_spawn(io, accept({*login, routes, endpoint}, acceptor), forget);
  net::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](beast::error_code, int) { io.stop(); });
  announce(acceptor.local_endpoint().port());
  run_threads(io);
  login->stop();
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
