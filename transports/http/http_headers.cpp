#include <bayeux/transports/http_headers.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "text.hpp"

namespace bayeux {
namespace {

bool is_one_line(std::string_view value) noexcept {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool belongs_to_connection(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 5> names{"connection", "content-length", "date", "keep-alive",
                                                         "transfer-encoding"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view other) { return http::equal_ignoring_case(name, other); });
}

/// How fields look in a message; nothing when one of them must not be sent.
using Lines = std::optional<std::string>;

Lines lines_of(const std::vector<HttpHeader>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!http::is_token(name) || !is_one_line(value)) return std::nullopt;
    if (!belongs_to_connection(name)) text.append(name).append(": ").append(value).append("\r\n");
  }
  return text;
}

}  // namespace

/// What copies share. Only its one owner changes it.
struct HttpHeaders::Block {
  Block() = default;
  explicit Block(std::vector<HttpHeader> its_fields) : fields(std::move(its_fields)) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { delete lines.load(); }

  std::atomic<std::size_t> owners{1};
  std::vector<HttpHeader> fields;
  std::atomic<const Lines*> lines{nullptr};  ///< Null until somebody asks.
};

HttpHeaders::HttpHeaders(std::initializer_list<HttpHeader> fields)
    : block_(fields.size() == 0 ? nullptr : new Block(std::vector<HttpHeader>(fields))) {}

HttpHeaders::HttpHeaders(const HttpHeaders& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->owners.fetch_add(1, std::memory_order_relaxed);
}

HttpHeaders::~HttpHeaders() {
  if (block_ != nullptr) release();
}

void HttpHeaders::release() noexcept {
  if (block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
}

const HttpHeader* HttpHeaders::begin() const noexcept {
  return block_ != nullptr ? block_->fields.data() : nullptr;
}

const HttpHeader* HttpHeaders::end() const noexcept {
  return block_ != nullptr ? block_->fields.data() + block_->fields.size() : nullptr;
}

const std::string* HttpHeaders::find(std::string_view name) const noexcept {
  const auto* found = std::find_if(
      begin(), end(), [&](const HttpHeader& field) { return http::equal_ignoring_case(field.first, name); });
  return found != end() ? &found->second : nullptr;
}

void HttpHeaders::push_back(HttpHeader field) {
  own().fields.push_back(std::move(field));
}

void HttpHeaders::set(std::string_view name, std::string value) {
  for (auto& field : own().fields) {
    if (!http::equal_ignoring_case(field.first, name)) continue;
    field.second = std::move(value);
    return;
  }
  push_back({std::string(name), std::move(value)});
}

std::optional<std::string_view> HttpHeaders::lines() const {
  if (block_ == nullptr) return std::string_view();
  const Lines* lines = block_->lines.load(std::memory_order_acquire);
  if (lines == nullptr) {
    auto made = std::make_unique<const Lines>(lines_of(block_->fields));
    // Another copy may have made them meanwhile.
    if (block_->lines.compare_exchange_strong(lines, made.get(), std::memory_order_acq_rel)) lines = made.release();
  }
  return *lines ? std::optional<std::string_view>(**lines) : std::nullopt;
}

/// What may be changed: shared with nobody, and without lines, which would not be true any more.
HttpHeaders::Block& HttpHeaders::own() {
  if (block_ == nullptr) return *(block_ = new Block());
  if (block_->owners.load(std::memory_order_acquire) == 1) {
    delete block_->lines.exchange(nullptr);
    return *block_;
  }
  auto* const mine = new Block(block_->fields);
  release();
  return *(block_ = mine);
}

}  // namespace bayeux
