#pragma once

#include <microhttpd.h>
#include <sys/types.h>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/transports/adapters/microhttpd/peer_watch.hpp>
#include <bayeux/transports/adapters/microhttpd/request.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux::microhttpd_adapter {

/// One request on its way through libmicrohttpd, whose connection is suspended while the bus has nothing to say.
///
/// Threads: `resume`, `pulse` any, at once; the rest that of the connection.
class Exchange final : public std::enable_shared_from_this<Exchange> {
 public:
  enum class Why { woken, stopped, hung_up };

  Exchange(Endpoint& endpoint, PeerWatch& watch, MHD_Connection* connection)
      : endpoint_(endpoint), watch_(watch), connection_(connection), socket_(socket_of(connection)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// The head of the request is there.
  MHD_Result begin() { return announced_length(connection_) > max_body() ? refuse(413) : MHD_YES; }

  /// A part of its body. libmicrohttpd can answer before a body or behind it, and not in its middle: one that grows too
  /// large without having said so is read on for a while.
  MHD_Result receive(std::string_view part) {
    received_ += part.size();
    if (received_ <= max_body()) body_.append(part);
    return received_ <= patience * max_body() ? MHD_YES : MHD_NO;
  }

  /// All of it is there, or the bus has something to say.
  MHD_Result go_on(const char* url, const char* method, const std::function<std::any(MHD_Connection*)>& attach) {
    if (received_ > max_body()) return refuse(413);
    if (pending_ == nullptr) open(url, method, attach);
    while (!has_ended()) {
      if (auto response = pending_->look()) return send(std::move(*response));
      if (suspend()) return MHD_YES;
    }
    pending_->abort();
    return MHD_NO;
  }

  /// It was answered, or cut off. A wake that is still under way keeps it a little longer, without what needs the bus.
  void close() { pending_.reset(); }

  MHD_Result refuse(unsigned int status) {
    MHD_Response* const response = MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
    return queue(status, response);
  }

  /// Has libmicrohttpd come back to the connection. What is not suspended yet will look again before it is.
  void resume(Why why) noexcept {
    const std::lock_guard lock(mutex_);
    if (why == Why::hung_up && !(suspended_ && PeerWatch::has_gone(socket_))) return;
    ended_ = ended_ || why != Why::woken;
    if (!suspended_) {
      woken_ = true;
      return;
    }
    suspended_ = false;
    watch_.remove(socket_);
    MHD_resume_connection(connection_);
  }

  /// Time to show on a quiet stream that it lives.
  void pulse() noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (!streaming_ || !suspended_) return;
      pulse_due_ = true;
    }
    resume(Why::woken);
  }

 private:
  static constexpr std::size_t stream_block = 16 * 1024;
  static constexpr std::size_t patience = 4;

  std::size_t max_body() const { return endpoint_.config().gateway.max_body; }

  void open(const char* url, const char* method, const std::function<std::any(MHD_Connection*)>& attach) {
    const std::string target = target_of(connection_, url);
    const std::string address = address_of(connection_);
    HttpRequest request{method, target, headers_of(connection_), body_, address, is_tls(connection_), {}};
    if (attach) request.attachment = shown(attach);
    pending_ = endpoint_.open(request, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->resume(Why::woken);
    });
    body_ = {};
  }

  std::any shown(const std::function<std::any(MHD_Connection*)>& attach) {
    try {
      return attach(connection_);
    } catch (...) {
      endpoint_.report_exception("attach");
      throw;
    }
  }

  bool has_ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

  bool take_pulse() {
    const std::lock_guard lock(mutex_);
    return std::exchange(pulse_due_, false);
  }

  /// False when it was woken meanwhile. Under the lock a wake waits until there is something to be resumed.
  bool suspend() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(woken_, false)) return false;
    MHD_suspend_connection(connection_);
    suspended_ = true;
    watch_.add(socket_, this);
    return true;
  }

  MHD_Result send(HttpResponse response) {
    if (!response.headers.lines()) return refuse(500);
    const bool streams = pending_->streaming();
    MHD_Response* const made = streams ? make_stream(std::move(response.body)) : make_whole(std::move(response.body));
    if (made == nullptr) return MHD_NO;
    for (const auto& [name, value] : response.headers) MHD_add_response_header(made, name.c_str(), value.c_str());
    if (response.close) MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
    return queue(static_cast<unsigned int>(response.status), made);
  }

  MHD_Result queue(unsigned int status, MHD_Response* response) {
    if (response == nullptr) return MHD_NO;
    const auto result = MHD_queue_response(connection_, status, response);
    MHD_destroy_response(response);
    return result;
  }

  static MHD_Response* make_whole(std::string body) {
    auto kept = std::make_unique<std::string>(std::move(body));
    MHD_Response* const response = MHD_create_response_from_buffer_with_free_callback_cls(
        kept->size(), kept->data(), [](void* text) { delete static_cast<std::string*>(text); }, kept.get());
    if (response != nullptr) kept.release();
    return response;
  }

  MHD_Response* make_stream(std::string beginning) {
    part_ = std::move(beginning);
    {
      const std::lock_guard lock(mutex_);
      streaming_ = true;
    }
    const auto read = [](void* self, std::uint64_t, char* to, std::size_t room) noexcept -> ssize_t {
      try {
        return static_cast<Exchange*>(self)->read(to, room);
      } catch (...) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
      }
    };
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, stream_block, read, this, nullptr);
  }

  /// What goes next on the stream; 0 when the connection is suspended until there is something.
  ssize_t read(char* to, std::size_t room) {
    while (part_.empty()) {
      if (has_ended()) return MHD_CONTENT_READER_END_WITH_ERROR;
      if (!pending_->streaming()) return MHD_CONTENT_READER_END_OF_STREAM;
      if (auto part = pending_->look_part()) {
        part_ = std::move(*part);
      } else if (take_pulse()) {
        part_ = pending_->keep_alive();
      } else if (suspend()) {
        return 0;
      }
    }
    const std::size_t size = std::min(room, part_.size());
    std::memcpy(to, part_.data(), size);
    part_.erase(0, size);
    return static_cast<ssize_t>(size);
  }

  Endpoint& endpoint_;
  PeerWatch& watch_;
  MHD_Connection* const connection_;
  const int socket_;
  std::string body_;
  std::uint64_t received_ = 0;
  std::unique_ptr<PendingResponse> pending_;
  std::string part_;  ///< Of a stream, that is still to be sent.

  std::mutex mutex_;
  bool suspended_ = false;
  bool woken_ = false;
  bool ended_ = false;
  bool streaming_ = false;
  bool pulse_due_ = false;
};

}  // namespace bayeux::microhttpd_adapter
