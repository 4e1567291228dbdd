#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "fuzz/target.hpp"
#include "gzip.hpp"
#include "static_files.hpp"
#include "unit/asio_peer.hpp"

namespace bayeux::fuzz {
namespace {

using http1::FileResponse;
using http1::StaticFiles;

/// What may be served says `inside`, everything else `outside`.
class Folder final {
 public:
  Folder() {
    for (const char* name : {"site/index.html", "site/a", "site/b/index.html", "site/b/c d.js", "site/c/d"})
      all_.write(name, "inside");
    for (const char* name : {"outside", "site/.hidden", "site/.git/config"}) all_.write(name, "outside");
    std::filesystem::create_symlink("../outside", all_.path / "site/escape");
    std::filesystem::create_symlink("b", all_.path / "site/within");
    std::filesystem::create_symlink(".hidden", all_.path / "site/shown");
  }

  std::filesystem::path site() const { return all_.path / "site"; }

 private:
  test::TemporaryFolder all_;
};

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// By a letter in front of the path, which is taken away.
std::string_view method_of(std::string_view& path) {
  const char first = path.empty() ? '/' : path.front();
  if (first != 'H' && first != 'O' && first != 'P') return "GET";
  path.remove_prefix(1);
  return first == 'H' ? "HEAD" : first == 'O' ? "OPTIONS" : "POST";
}

void check_path(std::string_view path) {
  const auto relative = http1::relative_path(path);
  if (!relative) return;
  for (std::string_view rest = *relative; !rest.empty();) {
    const auto segment = rest.substr(0, rest.find('/'));
    require(!segment.empty() && segment.front() != '.', "no part of a path is empty, or begins with a dot");
    require(is_one_line(segment) && segment.find('\\') == segment.npos, "and none has a control character");
    rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
  }
}

std::string text_of(FileResponse& answer) {
  std::string all, piece;
  while (answer.file->left() > 0 && answer.file->read(piece)) all += piece;
  return all;
}

void check_answer(const StaticFiles& files, HttpRequest request) {
  auto answer = files.answer(request);
  const auto& headers = answer.response.headers;
  for (const auto& [name, value] : headers) require(is_one_line(name) && is_one_line(value), "no header is injected");
  if (const auto* location = headers.find("Location"))
    require(location->starts_with('/') && !location->starts_with("//"), "nobody is sent to another host");
  require(answer.response.body.find("side") == std::string::npos, "a refusal shows no file");
  if (answer.file == nullptr) return;
  require(answer.response.status == 200, "a file comes with 200");
  require(text_of(answer) == "inside", "nothing but the folder is served");
  request.headers = {{"If-None-Match", *headers.find("ETag")}};
  require(files.answer(request).response.status == 304, "who has a file is told so");
}

void check_gzip(std::string_view first, std::string_view second) {
  const std::string joined = std::string(first) + ',' + std::string(second);
  const std::array<Request::Header, 2> two{{{"Accept-Encoding", first}, {"accept-encoding", second}}};
  const std::array<Request::Header, 1> one{{{"Accept-Encoding", joined}}};
  require(http1::accepts_gzip(two) == http1::accepts_gzip(one), "two fields are the same as one list");
}

}  // namespace
}  // namespace bayeux::fuzz

/// Lines: a path with its query (of GET, where no letter in front says HEAD, OPTIONS or POST), `If-None-Match`,
/// `Accept-Encoding` twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  static const Folder folder;
  static const StaticFiles files(folder.site());
  std::string_view input = as_text(data, size);
  std::array<std::string_view, 4> lines;
  for (auto& line : lines) {
    line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
  }
  HttpRequest request;
  request.method = method_of(lines[0]);
  request.target = lines[0];
  request.headers = {{"If-None-Match", lines[1]}};
  check_path(request.path());
  check_gzip(lines[2], lines[3]);
  // The parser of requests lets no other pass, which its own target looks at.
  const bool visible = std::all_of(lines[0].begin(), lines[0].end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (visible) check_answer(files, request);
  return 0;
}
