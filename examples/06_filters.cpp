#include <algorithm>
#include <atomic>
#include <cctype>
#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/filters/no_markup.hpp>
#include <bayeux/filters/shape.hpp>
#include <bayeux/filters/shape_filter.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

using bayeux::ChannelId;
using bayeux::Client;
using bayeux::Flow;
using bayeux::Json;
using bayeux::Message;
using bayeux::Shape;

namespace {

/// A filter of the application's own: who shouts is heard in a normal voice. It comes behind the one that knows that
/// there is a text.
class NoShouting final : public bayeux::DataFilter {
 public:
  std::optional<Json> filter(const Client&, const ChannelId&, Json data) override {
    std::string text = data["text"].as_string();
    const auto is_lower = [](unsigned char c) { return std::islower(c) != 0; };
    const auto is_upper = [](unsigned char c) { return std::isupper(c) != 0; };
    if (std::ranges::none_of(text, is_lower) && std::ranges::count_if(text, is_upper) > 3) {
      std::transform(text.begin() + 1, text.end(), text.begin() + 1,
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      data["text"] = text;
    }
    return data;
  }
};

/// An extension of the application's own: numbers what is published, and tells publishers how much they have sent.
class Postmark final : public bayeux::Extension {
 public:
  Flow incoming(const Client& from, Message& message, Message& reply) override {
    if (message.channel != "/posts") return Flow::pass;
    const int sent = from.attribute<int>("sent").value_or(0) + 1;
    from.set_attribute("sent", sent);
    reply.ext["postmark"] = Json::object({{"sent", sent}});
    return Flow::pass;
  }

  Flow outgoing(const Client&, Message& message) override {
    if (message.channel == "/posts") message.ext["postmark"] = Json::object({{"number", ++published_}});
    return Flow::pass;
  }

 private:
  std::atomic<int> published_{0};
};

/// What may be published: a line of text, perhaps up to five stars, and a tag by which a page knows its own again.
Shape post() {
  return Shape::object()
      .required("text", Shape::string().size(1, 120))
      .optional("stars", Shape::integer().between(1, 5))
      .optional("tag", Shape::string().size(1, 40));
}

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus;
  const auto postmark = bus.add_extension(std::make_shared<Postmark>());

  // Each sees what the one before it made of the message. Filters of a pattern, such as `/**`, would come before these.
  const auto posts = bus.channel("/posts");
  const auto shape = posts.add_filter(std::make_shared<bayeux::ShapeFilter>(post()));
  const auto shouting = posts.add_filter(std::make_shared<NoShouting>());
  const auto markup = posts.add_filter(std::make_shared<bayeux::NoMarkup>());

  bayeux::AsioServer server(bus, options.server);
  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
