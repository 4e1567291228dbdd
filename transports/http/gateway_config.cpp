#include "gateway_config.hpp"

#include "cookie.hpp"
#include "cors.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

bool is_valid_parameter(const GatewayConfig& config) {
  return is_token(config.callback_parameter) && config.callback_parameter != "message" &&
         config.max_callback_length > 0;
}

}  // namespace

bool is_valid(const GatewayConfig& config) {
  return is_valid(config.cookie) && Cors::is_valid(config.allowed_origins, config.allowed_headers) &&
         is_valid_parameter(config) && config.max_body > 0 && config.max_response > 0 &&
         config.event_source_retry.count() > 0 && config.duplicate_connect_status >= 400 &&
         config.duplicate_connect_status <= 599;
}

}  // namespace bayeux::http
