// The chat inside an application that speaks HTTP with libmicrohttpd: two threads, a doorbell, and a folder of static
// files. What is there because of the bus is marked with `bus:`.
//
//     curl -d 'It is Ann' http://127.0.0.1:8080/doorbell    # rings it, and publishes that
//     curl http://127.0.0.1:8080/doorbell                   # who rang last
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/microhttpd.hpp>
#include <bayeux/transports/clock_thread.hpp>

#include "chat.hpp"
#include "host_options.hpp"
#include "site_files.hpp"
#include "stop_signals.hpp"

namespace {

constexpr std::size_t max_text = 200;

/// Who rang last.
///
/// Threads: any, at once.
class Doorbell final {
 public:
  void ring(std::string who) {
    const std::lock_guard lock(mutex_);
    last_ = std::move(who);
    ++rings_;
  }

  bayeux::Json state() const {
    const std::lock_guard lock(mutex_);
    return {{"last", last_}, {"rings", rings_}};
  }

 private:
  mutable std::mutex mutex_;
  std::string last_;
  int rings_ = 0;
};

MHD_Result answer(MHD_Connection* connection, unsigned int status, MHD_Response* response, const std::string& type) {
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type.c_str());
  const auto result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result answer(MHD_Connection* connection, unsigned int status, const bayeux::Json& json) {
  std::string text = json.text() + "\n";
  auto* const response = MHD_create_response_from_buffer(text.size(), text.data(), MHD_RESPMEM_MUST_COPY);
  return answer(connection, status, response, "application/json");
}

/// The application: it had its routes before there was a bus.
class Application final {
 public:
  Application(bayeux::Bus& bus, bayeux::Endpoint& endpoint) : bus_(bus), bayeux_(endpoint) {}

  void start(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    constexpr auto flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;  // bus: it suspends connections
    daemon_ = MHD_start_daemon(flags, port, nullptr, nullptr, &on_request, this, MHD_OPTION_NOTIFY_COMPLETED,
                               &on_completed, this, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, 2U,
                               MHD_OPTION_CONNECTION_TIMEOUT, 60U, MHD_OPTION_END);
    if (daemon_ == nullptr) throw std::runtime_error("cannot listen on port " + std::to_string(port));
  }

  std::uint16_t port() const { return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port; }

  void stop() {
    bayeux_.stop();  // bus: those who wait are let go
    MHD_stop_daemon(daemon_);
  }

 private:
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, std::size_t* size, void** request) {
    auto& application = *static_cast<Application*>(self);
    auto& bayeux = application.bayeux_;
    if (bayeux.serves(url)) return bayeux.answer(connection, url, method, data, size, request);  // bus: its paths
    try {
      return application.on_own_request(connection, url, method, {data, *size}, size, request);
    } catch (...) {
      return MHD_NO;
    }
  }

  static void on_completed(void* self, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
    if (static_cast<Application*>(self)->bayeux_.complete(request)) return;  // bus: one of its requests
    delete static_cast<std::string*>(*request);
  }

  /// Keeps the body of a request of its own until all of it is there.
  MHD_Result on_own_request(MHD_Connection* connection, const char* url, std::string_view method,
                            std::string_view data, std::size_t* size, void** request) {
    if (*request == nullptr) {
      *request = new std::string;
      return MHD_YES;
    }
    auto& body = *static_cast<std::string*>(*request);
    if (data.empty()) return route(connection, url, method, body);
    if (body.size() <= max_text) body.append(data.substr(0, max_text + 1));
    *size = 0;
    return MHD_YES;
  }

  MHD_Result route(MHD_Connection* connection, const char* url, std::string_view method, const std::string& body) {
    const bool rings = std::string_view(url) == "/doorbell" && method == MHD_HTTP_METHOD_POST;
    if (rings) return ring(connection, body);
    if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
      return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, {{"error", "Only GET and HEAD are allowed here"}});
    }
    if (std::string_view(url) == "/doorbell") return answer(connection, MHD_HTTP_OK, doorbell_.state());
    return send_file(connection, url);
  }

  MHD_Result ring(MHD_Connection* connection, const std::string& who) {
    if (!is_line(who, max_text)) return answer(connection, MHD_HTTP_BAD_REQUEST, {{"error", "Who is it?"}});
    doorbell_.ring(who);
    bus_.channel("/doorbell").publish(doorbell_.state());  // bus: a handler of the application publishes
    return answer(connection, MHD_HTTP_OK, doorbell_.state());
  }

  static MHD_Result send_file(MHD_Connection* connection, const char* url) {
    const auto file = find_file(PAGES, url);
    const int descriptor = file ? ::open(file->c_str(), O_RDONLY | O_CLOEXEC) : -1;
    struct stat facts {};
    if (descriptor < 0 || ::fstat(descriptor, &facts) != 0) {
      if (descriptor >= 0) ::close(descriptor);
      return answer(connection, MHD_HTTP_NOT_FOUND, {{"error", "There is nothing here"}});
    }
    auto* const response = MHD_create_response_from_fd(static_cast<std::size_t>(facts.st_size), descriptor);
    return answer(connection, MHD_HTTP_OK, response, content_type(*file));
  }

  bayeux::Bus& bus_;
  bayeux::MicrohttpdEndpoint bayeux_;
  Doorbell doorbell_;
  MHD_Daemon* daemon_ = nullptr;
};

void serve(std::uint16_t port, const StopSignals& signals) {
  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = make_doorman(rooms)});
  const Chat chat(bus, rooms);
  const bayeux::ClockThread clock(bus);                         // bus: its time
  bayeux::Endpoint endpoint(bus, {.websocket = std::nullopt});  // bus: libmicrohttpd has no WebSocket
  Application application(bus, endpoint);
  application.start(port);
  announce(application.port());
  signals.wait();
  application.stop();
}

}  // namespace

int main(int count, char* values[]) try {
  const auto port = parse_port(count, values);
  const StopSignals signals;
  serve(port, signals);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
