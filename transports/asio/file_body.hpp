#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace bayeux::http1 {

/// An open file, read piece by piece while it is sent, so that its size costs no memory.
class FileBody final {
 public:
  static constexpr std::size_t piece = 64 * 1024;

  /// Opens a regular file.
  ///
  /// Errors: null when it is none, or must not be read.
  static std::unique_ptr<FileBody> open(const std::filesystem::path& path);

  ~FileBody();
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  std::uint64_t size() const noexcept { return size_; }

  /// What has not been read of the size that the file had when it was opened.
  std::uint64_t left() const noexcept { return left_; }

  /// Changes with every new content: made of inode, size and time.
  std::string etag() const;

  std::time_t modified() const noexcept { return modified_; }

  /// Replaces `into` by the next piece; false when the file turns out shorter than it was.
  bool read(std::string& into);

 private:
  FileBody(int descriptor, const struct stat& status);

  int descriptor_;
  std::uint64_t size_;
  std::uint64_t left_;
  std::uint64_t inode_;
  std::time_t modified_;
  long modified_ns_;
};

}  // namespace bayeux::http1
