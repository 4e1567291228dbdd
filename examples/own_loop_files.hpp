#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "own_loop_connection.hpp"

namespace own {

/// What the name of a file says about it; browsers run no script that is not called one.
inline std::string content_type(const std::filesystem::path& file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known = {{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
  }};
  for (const auto& [extension, type] : known) {
    if (file.extension() == extension) return std::string(type);
  }
  return "application/octet-stream";
}

/// The file that a target names below that folder, or the index of a folder; nothing when there is none. Names are taken
/// as they are: nothing is decoded, and what begins with a dot is nobody's business.
inline std::optional<Response> find_file(const std::filesystem::path& folder, std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  if (path.find("/.") != std::string_view::npos || path.find_first_of("\\%") != std::string_view::npos) return {};
  auto file = folder / path.substr(1);
  if (path.ends_with('/')) file /= "index.html";
  std::error_code error;
  if (path.starts_with("//") || !std::filesystem::is_regular_file(file, error)) return {};
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  return Response{200,
                  "Content-Type: " + content_type(file) + "\r\nX-Content-Type-Options: nosniff\r\n",
                  {std::istreambuf_iterator<char>(in), {}}};
}

}  // namespace own
