#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include <bayeux/transports/asio_server.hpp>

/// What every example understands on its command line.
struct Options {
  bayeux::AsioServerConfig server;
  bool open = false;
};

inline constexpr std::string_view usage =
    "options: --port N      listen there (8080; 0 picks a free port)\n"
    "         --host ADDR   listen on that address (127.0.0.1)\n"
    "         --threads N   serve with so many threads (1)\n"
    "         --certificate FILE --key FILE\n"
    "                       speak TLS, with these PEM files (https, wss)\n"
    "         --open        any client from anywhere: all transports, origins, headers and endpoints;\n"
    "                       of 01_server also all extensions\n";

/// Lets in whatever there is, to try clients against it. Not for a server that others can reach.
inline void open_up(bayeux::AsioServerConfig& server) {
  server.endpoints = {"/bayeux", "/cometd", "/faye"};
  server.gateway.callback_polling = true;
  server.gateway.allowed_origins = {"*"};
  server.gateway.allowed_headers = {"*"};
}

[[noreturn]] inline void refuse(std::string_view what) {
  std::cerr << what << "\n" << usage;
  std::exit(2);
}

template <class Number>
Number number_option(std::string_view name, std::string_view text, Number least) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least) {
    refuse(std::string(name) + " needs a number");
  }
  return number;
}

/// The value of an option goes where it belongs; false when there is no such option.
inline bool set_option(bayeux::AsioServerConfig& server, std::string_view name, std::string_view value) {
  const auto tls = [&]() -> bayeux::TlsConfig& { return server.tls ? *server.tls : server.tls.emplace(); };
  if (name == "--port") {
    server.port = number_option<std::uint16_t>(name, value, 0);
  } else if (name == "--threads") {
    server.threads = number_option<std::size_t>(name, value, 1);
  } else if (name == "--host") {
    server.host = value;
  } else if (name == "--certificate") {
    tls().certificate = value;
  } else if (name == "--key") {
    tls().key = value;
  } else {
    return false;
  }
  return true;
}

/// Reads the command line. Ends the program on `--help` and on what it does not understand.
inline Options parse_options(int count, char* values[]) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = values[i];
    if (name == "--help") {
      std::cout << usage;
      std::exit(0);
    }
    if (name == "--open") {
      options.open = true;
      open_up(options.server);
      continue;
    }
    const bool last = ++i == count;
    if (!set_option(options.server, name, last ? "0" : values[i])) refuse("what is '" + std::string(name) + "'?");
    if (last) refuse(std::string(name) + " needs a value");
  }
  if (options.server.tls && (options.server.tls->certificate.empty() || options.server.tls->key.empty())) {
    refuse("--certificate and --key belong together");
  }
  return options;
}

/// Says where the server listens, once it does: scripts wait for this line.
inline void announce(const bayeux::AsioServer& server, const Options& options) {
  const std::string& host = options.server.host;
  const bool brackets = host.find(':') != std::string::npos;
  std::cout << "listening on " << (options.server.tls ? "https" : "http") << "://"
            << (brackets ? "[" + host + "]" : host) << ":" << server.port() << "/" << std::endl;
}

/// For the end of main: says what stopped it, such as a port that is in use.
inline int failed(const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
