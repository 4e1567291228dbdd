#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conversation.hpp"
#include "deadlines.hpp"
#include "input_room.hpp"
#include "outgoing.hpp"
#include "request_parser.hpp"
#include "site.hpp"

namespace bayeux::http1 {

class Connection;

/// HTTP/1.1 on a connection (RFC 9112): reads requests, has them answered in order, writes the responses.
///
/// What is held while a poll is parked is this object and its exchange.
class HttpConversation final : public Conversation {
 public:
  explicit HttpConversation(Connection& connection);

  /// Answers nothing but this, and ends the connection.
  void refuse(HttpResponse response);

  void pump() override;
  bool wants_input() const noexcept override;
  void receive(std::string_view bytes) override;
  void woken() override {}
  void hung_up() override;
  void writable() override;
  void expired() override;
  void stop() override;
  void closed() noexcept override;

 private:
  /// What came in behind a request that is not answered yet.
  struct Behind {
    std::vector<RequestParser> queue;  ///< Complete requests.
    std::string rest;                  ///< Bytes behind those that there was room for.
  };

  // Input.
  void feed(std::string_view bytes);
  RequestParser new_parser() const;
  std::size_t input_size() const noexcept;
  bool keep_input();
  bool full() const noexcept;
  Behind& behind();
  bool has_request() const noexcept;
  RequestParser next_request();
  std::string take_rest();
  bool busy() const noexcept { return exchange_ || outgoing_; }

  // Answers.
  bool step();
  void answer(RequestParser parser);
  void change(ProtocolChange& change);
  void respond(HttpResponse response);
  HttpResponse replace_unsendable();
  void send(HttpResponse response, std::unique_ptr<FileBody> file = nullptr);
  void take();
  void begin_stream(HttpResponse response);
  void send_part(std::string_view part, bool last);
  void ping_stream();
  void stop_stream();
  void written(Outgoing::Progress progress);
  void send_continue();
  void linger();
  void update_deadline();

  Connection& connection_;
  InputRoom::Part room_;

  // Where nothing waits but a parked poll, all but its exchange are empty.
  RequestParser parser_;            ///< Of the request that comes in, or came in last.
  std::unique_ptr<Behind> behind_;  ///< Null when there is nothing.
  std::unique_ptr<HttpExchange> exchange_;
  std::unique_ptr<Outgoing> outgoing_;

  bool head_only_ = false;
  bool http_1_0_ = false;
  bool streaming_ = false;  ///< The response that is under way goes on as long as its exchange is there.
  bool spoke_ = false;      ///< Something went over the stream since that was last looked at.
  bool accepts_gzip_ = false;
  bool keep_alive_ = true;
  bool refused_ = false;  ///< What comes in is not looked at any more.
  bool lingering_ = false;
  bool changing_ = false;  ///< What comes in may not be HTTP any more.
  bool changed_ = false;   ///< It is not.
};

}  // namespace bayeux::http1
