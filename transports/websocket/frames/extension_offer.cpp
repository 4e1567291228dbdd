#include "extension_offer.hpp"

#include <utility>

#include "http/text.hpp"

namespace bayeux::websocket {
namespace {

/// "8" to "15", without leading zeros (RFC 7692 section 7.1.2); 0 for everything else.
int window_bits(const std::optional<std::string>& value) {
  if (!value) return 0;
  if (value->size() == 1 && (*value == "8" || *value == "9")) return value->front() - '0';
  if (value->size() == 2 && value->front() == '1' && value->back() >= '0' && value->back() <= '5') {
    return 10 + value->back() - '0';
  }
  return 0;
}

/// True when that is seen for the first time.
bool first(bool& seen) {
  return !std::exchange(seen, true);
}

}  // namespace

bool ExtensionOffers::next() {
  compression_.reset();
  // A list may have empty elements (RFC 9110 section 5.6.1.2).
  skip_blanks();
  while (skip(',')) skip_blanks();
  if (malformed_ || rest_.empty()) return false;
  malformed_ = !read_offer();
  if (malformed_) compression_.reset();
  return true;
}

void ExtensionOffers::skip_blanks() {
  while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
}

bool ExtensionOffers::skip(char c) {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view ExtensionOffers::token() {
  std::size_t size = 0;
  while (size < rest_.size() && http::is_token(rest_.substr(size, 1))) ++size;
  const auto found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  skip_blanks();
  return found;
}

bool ExtensionOffers::read_offer() {
  const auto name = token();
  if (name.empty()) return false;
  if (name == "permessage-deflate") compression_.emplace();
  Seen seen;
  while (skip(';')) {
    if (!read_parameter(seen)) return false;
  }
  return rest_.empty() || rest_.front() == ',';
}

bool ExtensionOffers::read_parameter(Seen& seen) {
  skip_blanks();
  const auto name = token();
  if (name.empty()) return false;
  std::optional<std::string> value;
  if (skip('=') && !read_value(value)) return false;
  if (compression_ && !accept(seen, name, value)) compression_.reset();
  return true;
}

bool ExtensionOffers::read_value(std::optional<std::string>& value) {
  skip_blanks();
  value.emplace();
  if (!skip('"')) {
    value->assign(token());
    return !value->empty();
  }
  while (!skip('"')) {
    if (skip('\\') && rest_.empty()) return false;
    if (rest_.empty()) return false;
    value->push_back(rest_.front());
    rest_.remove_prefix(1);
  }
  skip_blanks();
  return http::is_token(*value);
}

bool ExtensionOffers::accept(Seen& seen, std::string_view name, const std::optional<std::string>& value) {
  if (name == "server_no_context_takeover") return first(seen.server_takeover) && !value;
  if (name == "client_no_context_takeover") return first(seen.client_takeover) && !value;
  if (name == "client_max_window_bits") return first(seen.client_bits) && (!value || window_bits(value) != 0);
  if (name != "server_max_window_bits") return false;
  // zlib has no window of 256 bytes for raw deflate.
  const int bits = window_bits(value);
  if (!first(seen.server_bits) || bits < 9) return false;
  compression_->server_max_window_bits = bits;
  return true;
}

}  // namespace bayeux::websocket
