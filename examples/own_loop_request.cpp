#include "own_loop_request.hpp"

#include <algorithm>
#include <charconv>

namespace own {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view blank_line = "\r\n\r\n";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_called(std::string_view name, std::string_view lower_name) {
  return std::equal(name.begin(), name.end(), lower_name.begin(), lower_name.end(),
                    [](char a, char b) { return lower(a) == b; });
}

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || others.find(c) != std::string_view::npos;
  });
}

bool is_visible(char c) {
  return c > ' ' && c != 0x7f;
}

/// What a field may hold besides its outer blanks; bytes above 0x7f pass as they are.
bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  });
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether a list of words, such as `keep-alive, Upgrade`, has that one.
bool lists(std::string_view list, std::string_view lower_word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (is_called(trim(list.substr(0, comma)), lower_word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::size_t count_fields(const Request& request, std::string_view lower_name) {
  return static_cast<std::size_t>(std::count_if(request.headers.begin(), request.headers.end(), [&](const auto& field) {
    return is_called(field.first, lower_name);
  }));
}

}  // namespace

const std::string_view* find_field(const Request& request, std::string_view lower_name) {
  const auto found = std::find_if(request.headers.begin(), request.headers.end(),
                                  [&](const auto& field) { return is_called(field.first, lower_name); });
  return found != request.headers.end() ? &found->second : nullptr;
}

RequestReader::Outcome RequestReader::next() {
  if (refusal_ != 0) return Outcome::refused;
  const auto end = buffer_.find(blank_line);
  if (std::min(end, buffer_.size()) > limits_.max_head) return refuse(431);
  if (end == std::string::npos) return Outcome::incomplete;
  // Read anew with every piece that comes in: the views would not outlive a growing buffer.
  if (const int wrong = read_head(std::string_view(buffer_).substr(0, end + line_end.size()))) return refuse(wrong);
  head_size_ = end + blank_line.size();
  if (buffer_.size() - head_size_ < body_size_) return Outcome::incomplete;
  request_.body = std::string_view(buffer_).substr(head_size_, body_size_);
  return Outcome::complete;
}

void RequestReader::drop() {
  request_ = {};
  buffer_.erase(0, head_size_ + body_size_);
}

RequestReader::Outcome RequestReader::refuse(int status) {
  refusal_ = status;
  return Outcome::refused;
}

/// Gives 0 or what is wrong, as do the others.
int RequestReader::read_head(std::string_view head) {
  request_ = {};
  const auto end = head.find(line_end);
  if (const int wrong = read_request_line(head.substr(0, end))) return wrong;
  for (head.remove_prefix(end + line_end.size()); !head.empty();) {
    const auto size = head.find(line_end);
    if (const int wrong = read_field(head.substr(0, size))) return wrong;
    head.remove_prefix(size + line_end.size());
  }
  if (count_fields(request_, "host") != 1) return 400;
  if (find_field(request_, "expect") != nullptr) return 417;
  const auto* connection = find_field(request_, "connection");
  request_.keep_alive = connection == nullptr || !lists(*connection, "close");
  return read_body_length();
}

int RequestReader::read_request_line(std::string_view line) {
  const auto first = std::min(line.find(' '), line.size());
  const auto last = std::max(line.rfind(' ') + 1, first);
  request_.method = line.substr(0, first);
  if (!is_token(request_.method) || last <= first + 1) return 400;
  request_.target = line.substr(first + 1, last - first - 2);
  const bool readable = std::all_of(request_.target.begin(), request_.target.end(), is_visible);
  if (!request_.target.starts_with('/') || !readable) return 400;
  const auto version = line.substr(last);
  if (version == "HTTP/1.1") return 0;
  return version.starts_with("HTTP/") ? 505 : 400;
}

int RequestReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return 400;
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return 400;
  request_.headers.emplace_back(line.substr(0, colon), value);
  return 0;
}

int RequestReader::read_body_length() {
  body_size_ = 0;
  if (find_field(request_, "transfer-encoding") != nullptr) return 411;
  const auto* length = find_field(request_, "content-length");
  if (length == nullptr) return 0;
  const auto* const end = length->data() + length->size();
  const auto [stopped, error] = std::from_chars(length->data(), end, body_size_);
  if (error == std::errc::result_out_of_range) return 413;
  if (error != std::errc() || stopped != end || count_fields(request_, "content-length") != 1) return 400;
  return body_size_ > limits_.max_body ? 413 : 0;
}

}  // namespace own
