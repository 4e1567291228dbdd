#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/beast.hpp>

#include "asio_tls_files.hpp"
#include "asio_tls_peer.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using net::ip::tcp;

/// A connection of a host that speaks TLS, and has callbacks.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(Endpoint& endpoint, tcp::socket socket, net::ssl::context& tls)
      : endpoint_(endpoint), stream_(std::move(socket), tls) {}

  void begin() {
    stream_.async_handshake(net::ssl::stream_base::server, [self = shared_from_this()](beast::error_code error) {
      if (!error) self->read();
    });
  }

 private:
  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->answer();
    });
  }

  void answer() {
    async_answer(endpoint_, stream_, buffer_, request_, {},
                 [self = shared_from_this()](beast::error_code, bool keep_alive) {
                   if (keep_alive) self->read();
                 });
  }

  Endpoint& endpoint_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
};

class TlsServer final {
 public:
  explicit TlsServer(Config config = {}) : bus(std::move(config)), endpoint(bus) {
    tls_.use_certificate_chain_file(files_.config().certificate.string());
    tls_.use_private_key_file(files_.config().key.string(), net::ssl::context::pem);
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~TlsServer() {
    io_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  Bus bus;
  Endpoint endpoint;

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Session>(endpoint, std::move(socket), tls_)->begin();
      accept();
    });
  }

  TlsFiles files_;
  net::ssl::context tls_{net::ssl::context::tls_server};
  net::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(net::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

/// A client that is subscribed to `/news`, and whose connect is held.
struct Member {
  explicit Member(TlsServer& server) : peer(server.port()) {
    const auto reply = Json::parse(ask(R"({"channel":"/meta/handshake","version":"1.0"})"));
    if (reply) id = (*reply)[0]["clientId"].as_string();
    ask(message("/meta/subscribe", R"("subscription":"/news")"));
    ask(connect());
    peer.send(post("/bayeux", connect()));
    parked = eventually([&] { return server.endpoint.stats().parked == 1; });
  }

  std::string ask(const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; }
  std::string message(const std::string& channel, const std::string& more) const {
    return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"," + more + "}";
  }
  std::string connect() const { return message("/meta/connect", R"("connectionType":"long-polling")"); }

  TlsPeer peer;
  std::string id;
  bool parked = false;
};

}  // namespace

TEST_CASE("a connection with TLS goes on after a request that waited, and what came behind it", "[adapter][beast]") {
  TlsServer server;
  Member member(server);
  REQUIRE(member.parked);
  member.peer.send(post("/bayeux", member.message("/meta/unsubscribe", R"("subscription":"/news")")));
  server.bus.channel("/news").publish(1);
  CHECK(member.peer.receive().body.find(R"("data":1)") != std::string::npos);
  CHECK(member.peer.receive().body.find("/meta/unsubscribe") != std::string::npos);
  for (int i = 0; i < 20; ++i) {
    CHECK(member.ask(member.message("/meta/subscribe", R"("subscription":"/news")")).find("true") != std::string::npos);
    member.peer.send(post("/bayeux", member.connect()));
    REQUIRE(eventually([&] { return server.endpoint.stats().parked == 1; }));
    server.bus.channel("/news").publish(i);
    CHECK(member.peer.receive().body.find("\"data\":" + std::to_string(i)) != std::string::npos);
  }
}

TEST_CASE("a peer with TLS that hangs up while its request waits is noticed", "[adapter][beast]") {
  TlsServer server;
  Member member(server);
  REQUIRE(member.parked);
  SECTION("as TLS wants it") { member.peer.finish(); }
  SECTION("without a word") { member.peer.below().hang_up(); }
  CHECK(eventually([&] { return server.endpoint.stats().open == 0; }));
}

TEST_CASE("policies see that a request came over TLS", "[adapter][beast]") {
  const auto witness = std::make_shared<RequestWitness>();
  TlsServer server({.policy = witness});
  Member member(server);
  REQUIRE(!witness->seen().empty());
  CHECK(witness->seen()[0].tls);
}
