#include "conformance/transports/http_wire.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::test {

HttpWire::Pending HttpWire::begin(HttpRequest request) {
  if (browser_ != nullptr && !browser_->cookie.empty()) request.headers.emplace_back("Cookie", browser_->cookie);
  request.remote_address = "127.0.0.1";
  auto carrier = std::make_shared<WokenCarrier>();
  auto exchange = gateway_.open(request, carrier);
  return {std::move(exchange), std::move(carrier)};
}

Arrivals HttpWire::arrived() {
  Arrivals arrivals;
  for (auto& [exchange, carrier] : pending_) {
    if (!carrier->look() || !exchange->ready()) continue;
    read(exchange->take(), arrivals);
    exchange.reset();
  }
  std::erase_if(pending_, [](const Pending& pending) { return pending.exchange == nullptr; });
  return arrivals;
}

void HttpWire::hang_up() {
  for (auto& pending : pending_) pending.exchange->abort();
  pending_.clear();
}

void HttpWire::read(const HttpResponse& response, Arrivals& arrivals) {
  keep_cookie(response);
  const auto text = response.status == 200 ? unwrap(response) : std::nullopt;
  const auto messages = text ? Json::parse(*text) : std::nullopt;
  if (!messages || !messages->is_array()) {
    arrivals.failures.push_back(response.status);
    return;
  }
  for (const auto& message : messages->items()) arrivals.messages.push_back(message);
}

void HttpWire::keep_cookie(const HttpResponse& response) {
  const auto cookie = header_of(response, "Set-Cookie");
  if (browser_ != nullptr && !cookie.empty()) browser_->cookie = cookie.substr(0, cookie.find(';'));
}

std::string header_of(const HttpResponse& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const HttpHeader& header) { return header.first == name; });
  return found != response.headers.end() ? found->second : std::string();
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      encoded += c;
    } else {
      encoded.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  return encoded;
}

}  // namespace bayeux::test
