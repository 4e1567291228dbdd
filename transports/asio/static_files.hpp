#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bayeux/transports/http.hpp>

#include "file_body.hpp"

namespace bayeux::http1 {

/// A response whose body is in `response.body`, or in `file` when that is there.
struct FileResponse {
  HttpResponse response;
  std::unique_ptr<FileBody> file;
};

/// Serves a folder: what is in it and nothing else. Names that begin with a dot do not exist for it.
///
/// Threads: any, at once.
class StaticFiles final {
 public:
  /// Errors: throws std::system_error (config_invalid) when `folder` is none.
  explicit StaticFiles(const std::filesystem::path& folder);

  FileResponse answer(const HttpRequest& request) const;

 private:
  FileResponse serve(const HttpRequest& request, const std::filesystem::path& file) const;
  bool is_inside(const std::filesystem::path& path) const;

  std::filesystem::path root_;
};

/// The path of a request relative to the folder, decoded (RFC 3986 section 2.1).
///
/// Errors: empty for whatever could lead somewhere else: an empty segment, one that begins with a dot, an encoded
/// slash, a backslash, a control character, a broken escape.
std::optional<std::string> relative_path(std::string_view path);

}  // namespace bayeux::http1
