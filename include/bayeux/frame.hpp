#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/clock.hpp>
#include <bayeux/delivery.hpp>

namespace bayeux {

/// One serialised message, on its way out: immutable, and shared by everybody who is to receive it, so that a
/// publish to a million subscribers is serialised once. Copying counts a reference and copies no text.
///
/// Threads: any number may use copies of one frame at once.
class Frame final {
 public:
  /// What kind of message it is; transports that group messages need to know.
  enum class Kind : std::uint8_t {
    event,  ///< A published or delivered message.
    reply,  ///< The answer to one request.
  };

  /// How it waits in the queues of its receivers.
  struct Handling {
    /// How long it may wait for company; 0 for not at all.
    Milliseconds lazy{0};

    Overflow overflow = Overflow::drop_oldest;

    /// A queue keeps only the latest frame with that key.
    std::optional<std::string> key = std::nullopt;

    /// Counts the bytes of all frames that live, this one included, with their keys and renderings.
    std::shared_ptr<std::atomic<std::size_t>> total = nullptr;

    /// When it was published, where it is to be measured how long it takes.
    std::optional<Time> since = std::nullopt;
  };

  /// No frame: `text()` is empty.
  Frame() noexcept = default;

  /// Takes the text of one message, a JSON object.
  Frame(std::string text, Kind kind) : Frame(std::move(text), kind, Handling{}) {}
  Frame(std::string text, Kind kind, Handling handling) : body_(new Body(std::move(text), kind, std::move(handling))) {
    const auto& total = body_->handling.total;
    if (total != nullptr) total->fetch_add(body_->bytes(), std::memory_order_relaxed);
  }

  Frame(const Frame& other) noexcept : body_(other.body_) {
    if (body_ != nullptr) body_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Frame(Frame&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Frame& operator=(Frame other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Frame() {
    if (body_ != nullptr && body_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  /// The JSON text; valid as long as a copy of this frame lives.
  std::string_view text() const noexcept {
    return body_ != nullptr ? std::string_view(body_->text) : std::string_view();
  }

  /// Bytes of the text.
  std::size_t size() const noexcept { return text().size(); }

  Kind kind() const noexcept { return body_ != nullptr ? body_->kind : Kind::event; }

  /// Only of a frame that is one.
  const Handling& handling() const noexcept { return body_->handling; }

  /// Names a form in which a transport sends messages: declare one `static constexpr Frame::Form` for each. It is told
  /// from others by its address.
  struct Form {
    char unused = 0;
  };

  /// This message in that form, such as the bytes of a WebSocket frame: made by `make` (`std::string()`) when it is
  /// first asked for, and shared by all who receive the message. Valid as long as a copy of this frame lives; only of a
  /// frame that is one. `make` runs under a lock of this frame, once, however many threads ask.
  ///
  /// Errors: what `make` throws; it is called anew the next time.
  template <class Make>
  std::string_view rendering(const Form& form, Make make) const {
    if (const auto* found = body_->find(form)) return found->bytes;
    const std::lock_guard lock(body_->mutex);
    if (const auto* found = body_->find(form)) return found->bytes;
    auto made = std::make_unique<Rendering>(&form, make(), body_->renderings.load(std::memory_order_relaxed));
    const auto& total = body_->handling.total;
    if (total != nullptr) total->fetch_add(made->bytes.size(), std::memory_order_relaxed);
    body_->renderings.store(made.get(), std::memory_order_release);
    return made.release()->bytes;
  }

  /// True when both share one text: nothing was serialised twice.
  bool same_as(const Frame& other) const noexcept { return body_ == other.body_; }

  explicit operator bool() const noexcept { return body_ != nullptr; }

 private:
  struct Rendering {
    Rendering(const Form* its_form, std::string its_bytes, const Rendering* the_next)
        : form(its_form), bytes(std::move(its_bytes)), next(the_next) {}
    const Form* const form;
    const std::string bytes;
    const Rendering* const next;
  };

  struct Body {
    Body(std::string its_text, Kind its_kind, Handling its_handling)
        : text(std::move(its_text)), kind(its_kind), handling(std::move(its_handling)) {}

    const Rendering* find(const Form& form) const noexcept {
      const auto* rendering = renderings.load(std::memory_order_acquire);
      while (rendering != nullptr && rendering->form != &form) rendering = rendering->next;
      return rendering;
    }

    std::size_t bytes() const noexcept { return text.size() + (handling.key ? handling.key->size() : 0); }

    const std::string text;
    const Kind kind;
    const Handling handling;
    std::atomic<std::uint32_t> references{1};

    /// A list that only grows, at its front and under the mutex.
    std::atomic<const Rendering*> renderings{nullptr};
    std::mutex mutex;
  };

  void destroy() noexcept {
    std::size_t bytes = body_->bytes();
    for (const auto* rendering = body_->renderings.load(std::memory_order_relaxed); rendering != nullptr;) {
      const std::unique_ptr<const Rendering> owned(rendering);
      bytes += owned->bytes.size();
      rendering = owned->next;
    }
    const auto& total = body_->handling.total;
    if (total != nullptr) total->fetch_sub(bytes, std::memory_order_relaxed);
    delete body_;
  }

  Body* body_ = nullptr;
};

}  // namespace bayeux
