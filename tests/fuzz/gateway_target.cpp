#include <algorithm>
#include <memory>
#include <string>

#include <bayeux/bus.hpp>
#include <bayeux/transports/gateway.hpp>

#include "fuzz/target.hpp"
#include "support/talk.hpp"

namespace bayeux::fuzz {
namespace {

/// Every error of a response is one that clients can take apart.
void check_messages(std::string_view body) {
  const auto messages = Json::parse(body, 1'000);
  require(messages && messages->is_array(), "an answer is a JSON array");
  for (const Json& message : messages->items()) {
    const std::string& error = message["error"].as_string();
    require(error.empty() || std::count(error.begin(), error.end(), ':') >= 2, "an error has three parts");
    require(message["successful"].is_bool() || message.find("data") != nullptr, "it is a reply or an event");
  }
}

/// A stream begins with what the server says by itself, and events are whole.
void check_stream(std::string_view body) {
  const std::string_view event = "data: ";
  const auto first = body.find("\r\n\r\n") + 4;
  require(body.ends_with("\r\n\r\n"), "an event ends with a blank line");
  if (first == body.size()) return;
  const auto data = body.substr(first, body.size() - first - 4);
  require(data.starts_with(event), "an event has data");
  check_messages(data.substr(event.size()));
}

void check(const HttpResponse& response, bool get) {
  for (const auto& [name, value] : response.headers) {
    require((name + value).find_first_of("\r\n") == std::string::npos, "no header is injected");
  }
  if (response.status != 200) return require(response.body.size() < 100, "a refusal is short");
  if (!get) return check_messages(response.body);
  if (response.body.starts_with("retry: ")) return check_stream(response.body);
  require(response.body.starts_with("/**/") && response.body.ends_with(");"), "a callback is called");
  const auto call = response.body.find('(');
  check_messages(std::string_view(response.body).substr(call + 1, response.body.size() - call - 3));
}

}  // namespace
}  // namespace bayeux::fuzz

/// A body after `P`, the end of the path of a stream after `S`, a query after anything else, sent to a bus that knows
/// `client1`, who is subscribed to `/a`, where something waits for it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  test::TestBus bus;
  const auto client = test::join(*bus);
  test::ask(*bus, test::message(client, "/meta/subscribe", R"("subscription":"/a")"));
  bus->channel("/a").publish("\n");
  Gateway gateway(*bus, {.callback_polling = true});

  const auto text = fuzz::as_text(data, size);
  const bool get = !text.starts_with('P');
  const bool stream = text.starts_with('S');
  const std::string target =
      (stream ? "/bayeux/" : "/bayeux?") + std::string(get && !text.empty() ? text.substr(1) : "");
  HttpRequest request;
  request.method = get ? "GET" : "POST";
  request.target = target;
  if (stream) request.headers = {{"Accept", "text/event-stream"}};
  if (!get) request.body = text.substr(1);
  const auto exchange = gateway.open(request, std::make_shared<test::CountingCarrier>());
  bus.advance(bus->config().timeout);
  fuzz::require(exchange->ready(), "whatever is asked is answered when its time is up");
  fuzz::check(exchange->take(), get);
  return 0;
}
