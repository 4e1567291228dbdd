#include <sys/stat.h>

#include <string>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A folder of files, and beside it one that nobody may see.
struct Files {
  Files() {
    folder.write("www/index.html", "<p>home");
    folder.write("www/app.js", "app");
    folder.write("www/a b/index.html", "blank");
    folder.write("www/empty/.keep", "");
    folder.write("www/.secret", "secret");
    folder.write("www/.git/config", "secret");
    folder.write("outside/secret.txt", "secret");
    folder.write("www-evil/secret.txt", "secret");
    std::filesystem::create_symlink(folder.path / "outside" / "secret.txt", folder.path / "www" / "link.txt");
    std::filesystem::create_symlink(folder.path / "outside", folder.path / "www" / "link");
    std::filesystem::create_symlink(folder.path / "www" / ".secret", folder.path / "www" / "dotlink");
    std::filesystem::create_symlink("app.js", folder.path / "www" / "inner.js");
    std::string large;
    for (int i = 0; i < 100'000; ++i) large += std::to_string(i) + "\n";
    folder.write("www/large.txt", large);
    large_text = large;
    ::mkfifo((folder.path / "www" / "pipe").c_str(), 0600);
  }

  AsioServerConfig config() const {
    AsioServerConfig made;
    made.static_files = folder.path / "www";
    return made;
  }

  TemporaryFolder folder;
  std::string large_text;
};

}  // namespace

TEST_CASE("files are served with type, tag and date", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  Peer peer(server.port());
  const auto page = peer.send(get("/")).receive();
  CHECK(page.body == "<p>home");
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.header("Cache-Control") == "no-cache");
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  const auto script = peer.send(get("/app.js?v=1")).receive();
  CHECK(script.body == "app");
  CHECK(script.header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(peer.send(get("/a%20b/")).receive().body == "blank");
  CHECK(peer.send(get("/inner.js")).receive().body == "app");
}

TEST_CASE("what the browser has already is not sent again", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  Peer peer(server.port());
  const auto first = peer.send(get("/app.js")).receive();
  const std::string tag = first.header("ETag");
  REQUIRE(tag.size() > 2);
  const auto second = peer.send(get("/app.js", "If-None-Match: \"x\", W/" + tag + "\r\n")).receive();
  CHECK(second.status == 304);
  CHECK(second.body.empty());
  CHECK(second.header("ETag") == tag);
  CHECK(peer.send(get("/app.js", "If-None-Match: \"x\"\r\n")).receive().status == 200);
  const std::string date = first.header("Last-Modified");
  CHECK(peer.send(get("/app.js", "If-Modified-Since: " + date + "\r\n")).receive().status == 304);
  files.folder.write("www/app.js", "another app");
  CHECK(peer.send(get("/app.js", "If-None-Match: " + tag + "\r\n")).receive().body == "another app");
}

TEST_CASE("a large file comes whole, and HEAD tells its length", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  Peer peer(server.port());
  peer.send("HEAD /large.txt HTTP/1.1\r\nHost: a\r\n\r\n" + get("/large.txt") + get("/app.js"));
  CHECK(peer.receive(true).header("Content-Length") == std::to_string(files.large_text.size()));
  CHECK(peer.receive().body == files.large_text);
  CHECK(peer.receive().body == "app");
}

TEST_CASE("no path leads out of the folder", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  const std::string path =
      GENERATE("/../outside/secret.txt", "/..", "/../", "/a%20b/../../outside/secret.txt", "/%2e%2e/outside/secret.txt",
               "/%2E%2E/outside/secret.txt", "/.%2e/outside/secret.txt", "/..%2foutside%2fsecret.txt",
               "/%2e%2e%2foutside/secret.txt", "/..%5coutside%5csecret.txt", "/..\\outside\\secret.txt",
               "/%252e%252e/outside/secret.txt", "//etc/passwd", "/%2fetc/passwd", "/../www-evil/secret.txt",
               "/link.txt", "/link/secret.txt", "/dotlink", "/.secret", "/%2esecret", "/.git/config", "/./app.js",
               "/app.js%00.html", "/app.js/", "/app.js/x", "/pipe", "/empty/", "/missing", "/%", "/%4", "/%zz",
               "/a%0ab", "//", "/c:/windows", "/app.js%20");
  CAPTURE(path);
  Peer peer(server.port());
  const auto answer = peer.send(get(path)).receive();
  CHECK(answer.status == 404);
  CHECK(answer.body.find("secret") == std::string::npos);
  CHECK(answer.header("Location").empty());
}

TEST_CASE("a folder without its slash redirects to itself and nowhere else", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  Peer peer(server.port());
  const auto answer = peer.send(get("/a%20b?x=1")).receive();
  CHECK(answer.status == 301);
  CHECK(answer.header("Location") == "/a%20b/?x=1");
  CHECK(peer.send(get("//a%20b")).receive().status == 404);
  CHECK(peer.send(get("http://localhost//evil.example/a%20b")).receive().status == 404);
}

TEST_CASE("files can be read and nothing else", "[asio]") {
  const Files files;
  RunningServer server(files.config());
  Peer peer(server.port());
  const auto answer = peer.send(post("/app.js", "x")).receive();
  CHECK(answer.status == 405);
  CHECK(answer.header("Allow") == "GET, HEAD, OPTIONS");
  CHECK(peer.send("OPTIONS /app.js HTTP/1.1\r\nHost: a\r\n\r\n").receive().status == 204);
  CHECK(peer.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").receive().status == 204);
  CHECK(peer.send(get("/app.js")).receive().body == "app");
}

TEST_CASE("a server for a folder that does not exist is a mistake of the host", "[asio]") {
  Bus bus;
  AsioServerConfig config;
  config.port = 0;
  config.static_files = "/nowhere/at/all";
  CHECK_THROWS_AS(AsioServer(bus, config), std::system_error);
}
