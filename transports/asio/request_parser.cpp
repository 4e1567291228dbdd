#include "request_parser.hpp"

#include <llhttp.h>

#include <algorithm>
#include <utility>

#include "request_rules.hpp"

namespace bayeux::http1 {

class RequestParser::State {
 public:
  State(std::size_t max_header, std::size_t max_body) : max_header_(max_header), max_body_(max_body) {
    llhttp_init(&parser_, HTTP_REQUEST, &settings());
    parser_.data = this;
  }

  std::size_t feed(std::string_view bytes) {
    std::size_t used = 0;
    while (stage_ == Stage::headers || stage_ == Stage::body) {
      const bool in_headers = stage_ == Stage::headers;
      const std::size_t step = run(bytes.substr(used));
      used += step;
      if (in_headers) check_header_bytes(bytes.substr(used - step, step));
      if (stage_ == Stage::headers && headers_done_) check_head();
      if (used == bytes.size() && !paused_) break;
    }
    return used;
  }

  void proceed() {
    if (stage_ == Stage::expect) stage_ = Stage::body;
  }

  Stage stage() const noexcept { return stage_; }
  bool started() const noexcept { return started_; }
  ParsedRequest take() { return std::move(request_); }

 private:
  static State& self(llhttp_t* parser) { return *static_cast<State*>(parser->data); }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t all = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_message_begin = [](llhttp_t* parser) { return self(parser).started_ = true, 0; };
      made.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).request_.target.append(at, size), 0;
      };
      made.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).name({at, size});
      };
      made.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).value({at, size});
      };
      made.on_headers_complete = [](llhttp_t* parser) { return self(parser).end_of_head(); };
      made.on_chunk_header = [](llhttp_t* parser) { return self(parser).chunk(parser->content_length); };
      made.on_body = [](llhttp_t* parser, const char* at, std::size_t size) { return self(parser).body({at, size}); };
      made.on_message_complete = [](llhttp_t* parser) { return self(parser).end_of_message(); };
      return made;
    }();
    return all;
  }

  /// One run of llhttp, which stops behind the head and behind the request, because it is told to pause there.
  std::size_t run(std::string_view bytes) {
    if (paused_) llhttp_resume(&parser_);
    paused_ = false;
    const auto result = llhttp_execute(&parser_, bytes.data(), bytes.size());
    if (result == HPE_OK) return bytes.size();
    const std::size_t used = static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - bytes.data());
    if (result == HPE_PAUSED) {
      paused_ = true;
    } else {
      refuse(refusal_ != 0 ? refusal_ : 400);
    }
    return used;
  }

  int name(std::string_view part) {
    if (headers_done_) return 0;  // Trailers are not looked at (RFC 9110 section 6.5.1).
    auto& headers = request_.headers;
    if (headers.empty() || in_value_) headers.emplace_back();
    in_value_ = false;
    headers.back().first.append(part);
    return 0;
  }

  int value(std::string_view part) {
    if (headers_done_) return 0;
    if (request_.headers.empty()) return -1;  // A line without a name, before all others.
    in_value_ = true;
    request_.headers.back().second.append(part);
    return 0;
  }

  int end_of_head() {
    headers_done_ = true;
    request_.method = method_name();
    request_.http_1_0 = parser_.http_major == 1 && parser_.http_minor == 0;
    request_.keep_alive = llhttp_should_keep_alive(&parser_) != 0;
    return HPE_PAUSED;
  }

  /// llhttp joins folded lines and takes a line without a name for more of the value before it: both are refused
  /// (RFC 9112 sections 5.1 and 5.2).
  void check_header_bytes(std::string_view bytes) {
    for (const char c : bytes) {
      if (last_byte_ == '\n' && (c == ' ' || c == '\t' || c == ':')) refuse(400);
      last_byte_ = c;
    }
    header_bytes_ += bytes.size();
    if (header_bytes_ > max_header_) refuse(431);
  }

  std::string_view method_name() const { return llhttp_method_name(static_cast<llhttp_method_t>(parser_.method)); }

  /// Decides by the head alone, so that nobody sends a body in vain.
  void check_head() {
    const bool chunked = (parser_.flags & F_CHUNKED) != 0;
    const std::uint64_t length = (parser_.flags & F_CONTENT_LENGTH) != 0 ? parser_.content_length : 0;
    int status = head_refusal(request_, parser_.http_major, parser_.http_minor);
    if (status == 0 && length > max_body_) status = 413;
    if (status != 0) return refuse(status);
    // Whoever asks for another protocol is answered in this one (RFC 9110 section 7.8).
    parser_.upgrade = 0;
    request_.target = origin_form(std::move(request_.target));
    request_.body.reserve(std::min<std::uint64_t>(length, 64 * 1024));  // No more for a mere promise.
    const bool waits = !request_.http_1_0 && (chunked || length > 0) && expects_continue(request_);
    stage_ = waits ? Stage::expect : Stage::body;
  }

  int chunk(std::uint64_t size) { return size > max_body_ - request_.body.size() ? too_large() : 0; }

  int body(std::string_view part) {
    if (part.size() > max_body_ - request_.body.size()) return too_large();
    request_.body.append(part);
    return 0;
  }

  int too_large() {
    refusal_ = 413;
    return -1;
  }

  int end_of_message() {
    stage_ = Stage::complete;
    return HPE_PAUSED;
  }

  void refuse(int status) {
    request_.refusal = status;
    request_.method = headers_done_ ? request_.method : std::string_view("GET");
    request_.keep_alive = false;
    request_.body = {};
    stage_ = Stage::complete;
  }

  const std::size_t max_header_;
  const std::size_t max_body_;
  llhttp_t parser_;
  ParsedRequest request_;
  std::size_t header_bytes_ = 0;
  char last_byte_ = 0;
  int refusal_ = 0;
  Stage stage_ = Stage::headers;
  bool started_ = false;
  bool in_value_ = false;
  bool headers_done_ = false;
  bool paused_ = false;
};

RequestParser::RequestParser(std::size_t max_header, std::size_t max_body)
    : state_(std::make_unique<State>(max_header, max_body)) {}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) {
  return state_->feed(bytes);
}
void RequestParser::proceed() {
  state_->proceed();
}
RequestParser::Stage RequestParser::stage() const noexcept {
  return state_->stage();
}
bool RequestParser::started() const noexcept {
  return state_->started();
}
ParsedRequest RequestParser::take() {
  return state_->take();
}

}  // namespace bayeux::http1
