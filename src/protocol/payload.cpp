#include <bayeux/payload.hpp>

#include <mutex>
#include <utility>

namespace bayeux {
namespace {

/// A text from a peer was checked against Config::max_depth, one from the application against nothing: this keeps
/// the recursion of Json (copying, destroying) within any stack.
constexpr std::size_t max_depth = 1'000;

}  // namespace

struct Payload::State {
  explicit State(Json value) : json(std::move(value)) {}
  explicit State(std::string value) : text(std::move(value)), came_as_text(true) {}

  std::string text;
  Json json;
  std::once_flag other_made;
  const bool came_as_text = false;
};

Payload::Payload(Json value) : state_(std::make_shared<State>(std::move(value))) {}

Payload Payload::from_text(std::string text) {
  Payload payload;
  payload.state_ = std::make_shared<State>(std::move(text));
  return payload;
}

const Json& Payload::json() const {
  static const Json absent;
  if (state_ == nullptr) return absent;
  if (state_->came_as_text) {
    std::call_once(state_->other_made, [&state = *state_] {
      if (auto value = Json::parse(state.text, max_depth)) state.json = std::move(*value);
    });
  }
  return state_->json;
}

std::string_view Payload::text() const {
  if (state_ == nullptr) return {};
  if (!state_->came_as_text) {
    std::call_once(state_->other_made, [&state = *state_] { state.text = state.json.text(); });
  }
  return state_->text;
}

}  // namespace bayeux
