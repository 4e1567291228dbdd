#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

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

/// The file that a path names below that folder, or the index of a folder; nothing when there is none. Names are taken
/// as they are: nothing is decoded, and what begins with a dot is nobody's business.
inline std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder, std::string_view path) {
  const bool odd = !path.starts_with('/') || path.starts_with("//") || path.find('\\') != std::string_view::npos;
  if (odd || path.find("/.") != std::string_view::npos) return std::nullopt;
  auto file = folder / path.substr(1);
  if (path.ends_with('/')) file /= "index.html";
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) ? std::optional(file) : std::nullopt;
}
