#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

/// What the examples inside another HTTP stack understand on their command line: `--port N`, 0 for a free one.
inline std::uint16_t parse_port(int count, char* values[]) {
  std::uint16_t port = 8080;
  if (count == 1) return port;
  const std::string_view name = values[1], text = count == 3 ? values[2] : "";
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (name != "--port" || error != std::errc() || end != text.data() + text.size()) {
    std::cerr << "options: --port N   listen there (8080; 0 picks a free port)\n";
    std::exit(2);
  }
  return port;
}

/// Says where the server listens, once it does: scripts wait for this line.
inline void announce(std::uint16_t port) {
  std::cout << "listening on http://127.0.0.1:" << port << "/" << std::endl;
}
