#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <asio/ip/address.hpp>

#include "deadlines.hpp"
#include "outgoing.hpp"
#include "request_parser.hpp"
#include "server_core.hpp"

namespace bayeux::http1 {

/// One connection of a peer: reads requests, has them answered in order, writes the responses.
///
/// Everything happens on its strand, in `pump`, which is called whenever something may have changed and does all
/// that can be done. What is held while a poll is parked is this object and its exchange: no buffer, no timer.
class Connection final : public Deadlines::Entry, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerCore> core, Socket socket, asio::ip::address peer);
  ~Connection() override;

  void start();

  /// Threads: any.
  void woken();
  void deadline_passed() override;

  /// Ends it as soon as what is being answered is written; lets go of a parked poll. Threads: any.
  void stop();

  /// Ends it now. Threads: any.
  void kill();

  /// Ends it now. On its strand, or when no thread runs the io_context.
  void close();

 private:
  std::shared_ptr<Entry> keep() noexcept override { return weak_from_this().lock(); }

  template <class Function>
  void on_strand(Function function);

  /// Runs what a handler has to do, unless the connection is closed; closes it when memory runs out.
  template <class Function>
  void guarded(Function function) noexcept {
    try {
      if (!closed_) function();
    } catch (...) {
      close();
    }
  }

  // Input.
  void wait_readable();
  void read();
  void hung_up();
  void feed(std::string_view bytes);
  void expire();
  bool wants_input() const noexcept;
  bool full() const noexcept;
  bool busy() const noexcept { return exchange_ || outgoing_; }

  // Answers.
  void pump();
  bool step();
  void answer(ParsedRequest request);
  void send(HttpResponse response, std::unique_ptr<FileBody> file = nullptr);
  void flush();
  void wait_writable();
  void send_continue();
  void linger();
  void update_deadline();
  void set_deadline(Wait wait);

  const std::shared_ptr<ServerCore> core_;
  Socket socket_;
  const asio::ip::address peer_;

  std::unique_ptr<RequestParser> parser_;
  std::vector<ParsedRequest> queue_;
  std::string rest_;  ///< Bytes behind what the queue had room for.

  std::shared_ptr<WakeCarrier> carrier_;
  std::unique_ptr<HttpExchange> exchange_;
  std::unique_ptr<Outgoing> outgoing_;

  Wait wait_ = Wait::nothing;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool refused_ = false;    ///< What comes in is not looked at any more.
  bool peer_done_ = false;  ///< The peer sends nothing more.
  bool reading_ = false;    ///< A wait for input is under way.
  bool writing_ = false;    ///< A wait for room is under way.
  bool lingering_ = false;
  bool closed_ = false;
};

}  // namespace bayeux::http1
