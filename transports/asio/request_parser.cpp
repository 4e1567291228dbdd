#include "request_parser.hpp"

#include <llhttp.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "request_rules.hpp"

namespace bayeux::http1 {
namespace {

/// A part of the text of a request, which moves while it grows.
struct Part {
  std::size_t at = 0;
  std::size_t size = 0;

  /// Takes more, which follows on what is there already.
  void extend(std::size_t from, std::size_t count) {
    if (size == 0) at = from;
    size += count;
  }
  std::string_view of(const std::string& text) const noexcept { return std::string_view(text).substr(at, size); }
};

struct Field {
  Part name;
  Part value;
};

/// What is kept of a large request for the next is no more than this.
constexpr std::size_t max_kept_text = 16 * 1024;
constexpr std::size_t max_kept_fields = 64;

}  // namespace

/// The head stands in the text as it came in, and the body, without its transfer coding, behind it.
class RequestParser::State {
 public:
  void begin(const RequestLimits& limits) {
    limits_ = limits;
    llhttp_init(&parser_, HTTP_REQUEST, &settings());
    parser_.data = this;
  }

  /// Forgets the request, and gives back what was made for a large one.
  void end() noexcept {
    std::vector<Request::Header> headers;
    headers.swap(request_.http.headers);
    request_ = {};
    empty(text_, max_kept_text);
    empty(fields_, max_kept_fields);
    empty(headers, max_kept_fields);
    request_.http.headers.swap(headers);
    target_ = {};
    body_ = {};
    shown_ = nullptr;
    refusal_ = 0;
    stage_ = Stage::headers;
    started_ = in_value_ = headers_done_ = paused_ = false;
  }

  std::size_t feed(std::string_view bytes) {
    std::size_t used = 0;
    while (stage_ == Stage::headers || stage_ == Stage::body) {
      const bool in_headers = stage_ == Stage::headers;
      const std::size_t step = run(bytes.substr(used));
      if (in_headers) keep_head(bytes.substr(used, step));
      used += step;
      if (stage_ == Stage::headers && headers_done_) check_head();
      if (used == bytes.size() && !paused_) break;
    }
    if (stage_ == Stage::complete && request_.refusal == 0) show();
    return used;
  }

  void proceed() {
    if (stage_ == Stage::expect) stage_ = Stage::body;
  }

  void refuse(int status) {
    request_.refusal = status;
    if (!headers_done_) request_.http.method = "GET";
    request_.http.headers.clear();
    request_.http.target = {};
    request_.http.body = {};
    request_.keep_alive = false;
    stage_ = Stage::complete;
  }

  Stage stage() const noexcept { return stage_; }
  bool started() const noexcept { return started_; }
  std::size_t size() const noexcept { return text_.size(); }
  ParsedRequest& request() noexcept { return request_; }

 private:
  static State& self(llhttp_t* parser) { return *static_cast<State*>(parser->data); }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t all = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_message_begin = [](llhttp_t* parser) { return self(parser).started_ = true, 0; };
      made.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).target_.extend(self(parser).place(at), size), 0;
      };
      made.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).name(at, size);
      };
      made.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
        return self(parser).value(at, size);
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
    run_begin_ = bytes.data();
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

  /// Where a byte of the head that is being read will stand in the text.
  std::size_t place(const char* at) const noexcept { return text_.size() + static_cast<std::size_t>(at - run_begin_); }

  int name(const char* at, std::size_t size) {
    if (headers_done_) return 0;  // Trailers are not looked at (RFC 9110 section 6.5.1).
    if (fields_.empty() || in_value_) {
      if (fields_.size() == limits_.max_header_fields) return too_many_fields();
      fields_.emplace_back();
    }
    in_value_ = false;
    fields_.back().name.extend(place(at), size);
    return 0;
  }

  int value(const char* at, std::size_t size) {
    if (headers_done_) return 0;
    if (fields_.empty()) return -1;  // A line without a name, before all others.
    in_value_ = true;
    fields_.back().value.extend(place(at), size);
    return 0;
  }

  int end_of_head() {
    headers_done_ = true;
    request_.http.method = llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
    request_.http_1_0 = parser_.http_major == 1 && parser_.http_minor == 0;
    request_.keep_alive = llhttp_should_keep_alive(&parser_) != 0;
    return HPE_PAUSED;
  }

  /// llhttp joins folded lines and takes a line without a name for more of the value before it: both are refused
  /// (RFC 9112 sections 5.1 and 5.2).
  void keep_head(std::string_view bytes) {
    std::size_t line_end = text_.ends_with('\n') ? text_.size() - 1 : text_.size();
    text_.append(bytes);
    while ((line_end = text_.find('\n', line_end)) < text_.size() - 1) {
      const char next = text_[++line_end];
      if (next == ' ' || next == '\t' || next == ':') refuse(400);
    }
    if (text_.size() > limits_.max_header) refuse(431);
  }

  /// Decides by the head alone, so that nobody sends a body in vain.
  void check_head() {
    const bool chunked = (parser_.flags & F_CHUNKED) != 0;
    const std::uint64_t length = (parser_.flags & F_CONTENT_LENGTH) != 0 ? parser_.content_length : 0;
    body_.at = text_.size();
    // No more for a mere promise.
    text_.reserve(text_.size() + static_cast<std::size_t>(std::min<std::uint64_t>(length, 64 * 1024)));
    show();
    int status = head_refusal(request_, parser_.http_major, parser_.http_minor);
    if (status == 0 && length > limits_.max_body) status = 413;
    if (status != 0) return refuse(status);
    make_origin_form();
    // Whoever asks for another protocol is answered in this one (RFC 9110 section 7.8).
    parser_.upgrade = 0;
    const bool waits = !request_.http_1_0 && (chunked || length > 0) && expects_continue(request_);
    stage_ = waits ? Stage::expect : Stage::body;
  }

  int chunk(std::uint64_t size) { return size > limits_.max_body - body_.size ? too_large() : 0; }

  int body(std::string_view part) {
    if (part.size() > limits_.max_body - body_.size) return too_large();
    text_.append(part);
    body_.size += part.size();
    return 0;
  }

  int too_many_fields() {
    request_.too_many_fields = true;
    refusal_ = 431;
    return -1;
  }

  int too_large() {
    refusal_ = 413;
    return -1;
  }

  int end_of_message() {
    stage_ = Stage::complete;
    return HPE_PAUSED;
  }

  /// The target without scheme and host, as a proxy may send it (RFC 9112 section 3.2.2).
  void make_origin_form() {
    const auto front = size_before_path(request_.http.target);
    if (front == 0) return;
    target_.at += front;
    target_.size -= front;
    if (target_.size == 0 || text_[target_.at] == '?') {
      // The host, of which nothing is needed any more, gives up its last byte.
      text_[--target_.at] = '/';
      ++target_.size;
    }
    request_.http.target = target_.of(text_);
  }

  /// Points to where everything stands now: a body that has come in may have moved the head.
  void show() {
    HttpRequest& http = request_.http;
    http.body = body_.of(text_);
    if (shown_ == text_.data()) return;
    shown_ = text_.data();
    http.target = target_.of(text_);
    http.headers.clear();
    for (const Field& field : fields_) http.headers.emplace_back(field.name.of(text_), field.value.of(text_));
  }

  template <class Container>
  static void empty(Container& container, std::size_t max_kept) noexcept {
    container.clear();
    if (container.capacity() > max_kept) Container().swap(container);
  }

  RequestLimits limits_;
  llhttp_t parser_;
  std::string text_;
  Part target_;
  std::vector<Field> fields_;
  Part body_;
  ParsedRequest request_;
  const char* shown_ = nullptr;      ///< Where the text stood when `request_` last pointed to it.
  const char* run_begin_ = nullptr;  ///< Of the bytes that llhttp is reading.
  int refusal_ = 0;
  Stage stage_ = Stage::headers;
  bool started_ = false;
  bool in_value_ = false;
  bool headers_done_ = false;
  bool paused_ = false;
};

/// What a thread keeps for the parsers to come.
class RequestParser::Spares final {
 public:
  static std::unique_ptr<State> take() {
    if (gone_ || of_thread().count_ == 0) return std::make_unique<State>();
    Spares& spares = of_thread();
    return std::move(spares.states_[--spares.count_]);
  }

  static void put(std::unique_ptr<State> state) noexcept {
    if (gone_ || of_thread().count_ == max_spares) return;
    Spares& spares = of_thread();
    state->end();
    spares.states_[spares.count_++] = std::move(state);
  }

 private:
  static constexpr std::size_t max_spares = 8;

  ~Spares() { gone_ = true; }

  static Spares& of_thread() {
    thread_local Spares spares;
    return spares;
  }

  /// A server may outlive what a thread has of its own. This can be asked even then.
  static inline thread_local bool gone_ = false;

  std::array<std::unique_ptr<State>, max_spares> states_;
  std::size_t count_ = 0;
};

RequestParser::RequestParser() noexcept = default;

RequestParser::RequestParser(const RequestLimits& limits) : state_(Spares::take()) {
  state_->begin(limits);
}

RequestParser::RequestParser(RequestParser&&) noexcept = default;

RequestParser& RequestParser::operator=(RequestParser&& other) noexcept {
  if (state_) Spares::put(std::move(state_));
  state_ = std::move(other.state_);
  return *this;
}

RequestParser::~RequestParser() {
  if (state_) Spares::put(std::move(state_));
}

std::size_t RequestParser::feed(std::string_view bytes) {
  return state_->feed(bytes);
}
void RequestParser::proceed() {
  state_->proceed();
}
void RequestParser::refuse(int status) {
  state_->refuse(status);
}
RequestParser::Stage RequestParser::stage() const noexcept {
  return state_->stage();
}
std::size_t RequestParser::size() const noexcept {
  return state_->size();
}
bool RequestParser::started() const noexcept {
  return state_->started();
}
ParsedRequest& RequestParser::request() noexcept {
  return state_->request();
}
const ParsedRequest& RequestParser::request() const noexcept {
  return state_->request();
}

}  // namespace bayeux::http1
