#include <zlib.h>

#include <string>
#include <vector>

#include "asio/gzip.hpp"
#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

bool accepts(const std::vector<Request::Header>& headers) {
  return http1::accepts_gzip(headers);
}

bool accepts(const std::string& list) {
  return accepts(std::vector<Request::Header>{{"Accept-Encoding", list}});
}

/// What a gzip file of at most a MiB holds.
std::string unzipped(const std::string& file) {
  std::string text(1 << 20, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return "";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data()));
  stream.avail_in = static_cast<uInt>(file.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const bool complete = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  text.resize(complete ? text.size() - stream.avail_out : 0);
  inflateEnd(&stream);
  return text;
}

std::string words(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "word " + std::to_string(text.size()) + ", ";
  return text;
}

HttpResponse text_response(std::vector<HttpHeader> more = {}) {
  HttpResponse response{200, {{"Content-Type", "text/plain; charset=utf-8"}}, words(10'000)};
  for (auto& header : more) response.headers.push_back(std::move(header));
  return response;
}

void routes(AsioServer& server) {
  const auto serve = [&](const char* path, const HttpResponse& response) {
    server.route(path, [response](const HttpRequest&) { return response; });
  };
  serve("/text", text_response());
  serve("/tagged", text_response({{"ETag", "\"one\""}, {"Vary", "Origin"}}));
  serve("/weak", text_response({{"ETag", "W/\"one\""}, {"Vary", "accept-encoding"}}));
  serve("/coded", text_response({{"Content-Encoding", "br"}}));
  serve("/picture", {200, {{"Content-Type", "image/png"}}, words(10'000)});
  serve("/nameless", {200, {}, words(10'000)});
  serve("/short", {200, {{"Content-Type", "text/plain"}}, words(1000)});
  serve("/part", {206, {{"Content-Type", "text/plain"}}, words(10'000)});
  serve("/wrong", {404, {{"Content-Type", "text/plain"}}, words(10'000)});
  serve("/huge", {200, {{"Content-Type", "text/plain"}}, std::string(5 << 20, 'x')});
}

const std::string gzip_please = "Accept-Encoding: gzip\r\n";

}  // namespace

TEST_CASE("a list of codings says whether gzip is welcome", "[gzip]") {
  for (const char* list : {"gzip", "GZIP", "x-gzip", "gzip, deflate, br", "br ,\tgzip ; q=0.5", "*", "gzip;q=1.000",
                           "gzip;Q=0.001", "identity;q=0, gzip;q=0.1", "identity, gzip", "gzip;q=0.5;x=y"}) {
    CAPTURE(list);
    CHECK(accepts(list));
  }
  for (const char* list : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "gzip; q=0 , *", "*;q=0", "gzipped",
                           "gzip;q=2", "gzip;q=-1", "gzip;q=1.5", "gzip;q=0.5555", "gzip;q=x", "gzip;q=", "gzip;q",
                           "identity;q=1, gzip;q=0.5", "identity, *;q=0.5", ",;,=;q"}) {
    CAPTURE(list);
    CHECK_FALSE(accepts(list));
  }
  CHECK_FALSE(accepts(std::vector<Request::Header>{{"Accept", "gzip"}}));
  CHECK(accepts(std::vector<Request::Header>{{"Accept-Encoding", "br"}, {"accept-encoding", "gzip"}}));
}

TEST_CASE("a text is compressed for who accepts it, and for nobody else", "[gzip]") {
  RunningServer server({}, routes);
  Peer peer(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto small = peer.send(get("/text", gzip_please)).receive();
    CHECK(small.header("Content-Encoding") == "gzip");
    CHECK(small.header("Vary") == "Accept-Encoding");
    CHECK(small.body.size() < 5000);
    CHECK(unzipped(small.body) == text_response().body);
  }
  const auto plain = peer.send(get("/text")).receive();
  CHECK(plain.header("Content-Encoding") == "");
  CHECK(plain.header("Vary") == "Accept-Encoding");
  CHECK(plain.body == text_response().body);
}

TEST_CASE("what is compressed has a weak tag, and what it varied by already", "[gzip]") {
  RunningServer server({}, routes);
  Peer peer(server.port());
  const auto tagged = peer.send(get("/tagged", gzip_please)).receive();
  CHECK(tagged.header("ETag") == "W/\"one\"");
  CHECK(tagged.header("Vary") == "Origin, Accept-Encoding");
  const auto weak = peer.send(get("/weak", gzip_please)).receive();
  CHECK(weak.header("ETag") == "W/\"one\"");
  CHECK(weak.header("Vary") == "accept-encoding");
  CHECK(peer.send(get("/tagged")).receive().header("ETag") == "\"one\"");
}

TEST_CASE("what is no text, short, coded, a part, an error or huge is sent as it is", "[gzip]") {
  RunningServer server({}, routes);
  Peer peer(server.port());
  for (const char* path : {"/picture", "/nameless", "/short", "/part", "/wrong", "/huge"}) {
    CAPTURE(path);
    const auto answer = peer.send(get(path, gzip_please)).receive();
    CHECK(answer.header("Content-Encoding") == "");
    CHECK(answer.header("Vary") == "");
  }
  const auto coded = peer.send(get("/coded", gzip_please)).receive();
  CHECK(coded.header("Content-Encoding") == "br");
  CHECK(coded.body == text_response().body);
}

TEST_CASE("a HEAD is told the length of the plain text", "[gzip]") {
  RunningServer server({}, routes);
  Peer peer(server.port());
  const auto head = peer.send("HEAD /text HTTP/1.1\r\nHost: a\r\n" + gzip_please + "\r\n").receive(true);
  CHECK(head.header("Content-Encoding") == "");
  CHECK(head.header("Content-Length") == std::to_string(text_response().body.size()));
}

TEST_CASE("a size of 0 compresses nothing", "[gzip]") {
  AsioServerConfig config;
  config.gzip_above = 0;
  RunningServer server(config, routes);
  CHECK(Peer(server.port()).send(get("/text", gzip_please)).receive().header("Content-Encoding") == "");
}

TEST_CASE("what only grows is sent as it is", "[gzip]") {
  AsioServerConfig config;
  config.gzip_above = 1;
  RunningServer server(config, [](AsioServer& made) {
    made.route("/tiny", [](const HttpRequest&) { return HttpResponse{200, {{"Content-Type", "text/plain"}}, "abc"}; });
  });
  const auto answer = Peer(server.port()).send(get("/tiny", gzip_please)).receive();
  CHECK(answer.header("Content-Encoding") == "");
  CHECK(answer.body == "abc");
}

TEST_CASE("the bus answers many events compressed, also to a poll that was parked", "[gzip]") {
  RunningServer server;
  Peer peer(server.port());
  const auto ask = [](const std::string& body) {
    return "POST /bayeux HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const auto reply = Json::parse(
      peer.send(ask(R"({"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]})"))
          .receive()
          .body);
  REQUIRE(reply);
  const std::string client = R"(","clientId":")" + (*reply)[0]["clientId"].as_string() + "\"";
  peer.send(ask(R"({"channel":"/meta/subscribe)" + client + R"(,"subscription":"/news"})")).receive();
  peer.send(
          ask(R"({"channel":"/meta/connect)" + client + R"(,"connectionType":"long-polling","advice":{"timeout":0}})"))
      .receive();
  peer.send(ask(R"({"channel":"/meta/connect)" + client + R"(,"connectionType":"long-polling"})"));
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  server.bus.channel("/news").publish({{"text", words(20'000)}});
  const auto answer = peer.receive();
  CHECK(answer.header("Content-Encoding") == "gzip");
  CHECK(unzipped(answer.body).find(words(20'000)) != std::string::npos);
}
