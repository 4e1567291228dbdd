#include "file_body.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace bayeux::http1 {

std::unique_ptr<FileBody> FileBody::open(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return nullptr;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return nullptr;
  }
  return std::unique_ptr<FileBody>(new FileBody(descriptor, status));
}

FileBody::FileBody(int descriptor, const struct stat& status)
    : descriptor_(descriptor),
      size_(static_cast<std::uint64_t>(status.st_size)),
      left_(size_),
      inode_(status.st_ino),
      modified_(status.st_mtim.tv_sec),
      modified_ns_(status.st_mtim.tv_nsec) {}

FileBody::~FileBody() {
  ::close(descriptor_);
}

std::string FileBody::etag() const {
  return fmt::format("\"{:x}-{:x}-{:x}.{:x}\"", inode_, size_, static_cast<std::uint64_t>(modified_), modified_ns_);
}

bool FileBody::read(std::string& into) {
  into.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece)));
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::read(descriptor_, into.data() + done, into.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  left_ -= done;
  return true;
}

}  // namespace bayeux::http1
