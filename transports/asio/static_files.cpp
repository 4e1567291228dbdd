#include "static_files.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "http_date.hpp"
#include "mime_type.hpp"
#include "response_head.hpp"

namespace bayeux::http1 {

namespace fs = std::filesystem;

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded_segment(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    char c = segment[i];
    if (c == '%') {
      if (segment.size() - i < 3) return std::nullopt;
      const int high = hex_value(segment[i + 1]);
      const int low = hex_value(segment[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    text.push_back(c);
  }
  if (text.empty() || text.front() == '.') return std::nullopt;
  return text;
}

/// True when the browser has this very content already (RFC 9110 section 13.1).
bool is_known(const HttpRequest& request, const std::string& etag, const std::string& modified) {
  std::string_view tags = request.header("If-None-Match");
  if (tags.empty()) return request.header("If-Modified-Since") == modified;
  while (!tags.empty()) {
    const auto comma = tags.find(',');
    std::string_view tag = tags.substr(0, comma);
    tags = comma == std::string_view::npos ? std::string_view() : tags.substr(comma + 1);
    while (tag.starts_with(' ') || tag.starts_with('\t')) tag.remove_prefix(1);
    while (tag.ends_with(' ') || tag.ends_with('\t')) tag.remove_suffix(1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
  }
  return false;
}

FileResponse refusal(int status) {
  return {status_response(status), nullptr};
}

FileResponse options() {
  FileResponse answer;
  answer.response.status = 204;
  answer.response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  return answer;
}

/// Sends `/dir` to `/dir/`, so that relative links of its index.html work.
FileResponse add_slash(const HttpRequest& request) {
  FileResponse answer = refusal(301);
  std::string location = std::string(request.path()) + "/";
  if (!request.query().empty()) location.append("?").append(request.query());
  answer.response.headers.emplace_back("Location", std::move(location));
  return answer;
}

}  // namespace

std::optional<std::string> relative_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  std::string relative;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto segment = decoded_segment(path.substr(0, slash));
    if (!segment) return std::nullopt;
    relative += *segment;
    if (slash == std::string_view::npos) break;
    relative += '/';
    path.remove_prefix(slash + 1);
  }
  return relative;
}

StaticFiles::StaticFiles(const fs::path& folder) {
  std::error_code error;
  root_ = fs::canonical(folder, error);
  if (error || !fs::is_directory(root_, error)) {
    throw std::system_error(make_error_code(Errc::config_invalid), "static_files is not a folder");
  }
}

FileResponse StaticFiles::answer(const HttpRequest& request) const {
  const auto relative = relative_path(request.path());
  if (request.method == "OPTIONS") return options();
  if (request.method != "GET" && request.method != "HEAD") return refusal(405);
  if (!relative) return refusal(404);
  std::error_code error;
  fs::path file = fs::canonical(root_ / *relative, error);
  if (error || !is_inside(file)) return refusal(404);
  const bool folder_asked = relative->empty() || relative->ends_with('/');
  if (fs::is_directory(file, error)) {
    if (!folder_asked) return add_slash(request);
    file = fs::canonical(file / "index.html", error);
    if (error || !is_inside(file)) return refusal(404);
  } else if (folder_asked) {
    return refusal(404);
  }
  return serve(request, file);
}

FileResponse StaticFiles::serve(const HttpRequest& request, const fs::path& file) const {
  FileResponse answer;
  answer.file = FileBody::open(file);
  if (!answer.file) return refusal(404);
  const std::string etag = answer.file->etag();
  const std::string modified = http_date(answer.file->modified());
  auto& headers = answer.response.headers;
  headers.emplace_back("ETag", etag);
  headers.emplace_back("Last-Modified", modified);
  headers.emplace_back("Cache-Control", "no-cache");
  if (is_known(request, etag, modified)) {
    answer.response.status = 304;
    answer.file.reset();
    return answer;
  }
  headers.emplace_back("Content-Type", mime_type(file.filename().native()));
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  return answer;
}

/// Symbolic links are resolved before this is asked: they may lead anywhere inside, and nowhere else.
bool StaticFiles::is_inside(const fs::path& path) const {
  const auto [end, rest] = std::mismatch(root_.begin(), root_.end(), path.begin(), path.end());
  return end == root_.end() &&
         std::none_of(rest, path.end(), [](const fs::path& part) { return part.native().starts_with('.'); });
}

}  // namespace bayeux::http1
