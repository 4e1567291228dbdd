#include "tls_openssl_bio.hpp"

#include <memory>
#include <new>

namespace bayeux::http1 {

namespace {

TlsTransport& transport_of(BIO* bio) {
  return *static_cast<TlsTransport*>(BIO_get_data(bio));
}

int failed(TlsTransport& transport, const std::error_code& error) {
  if (error == asio::error::eof) {
    transport.ended = true;
    return 0;
  }
  transport.error = error;
  return -1;
}

int read_bio(BIO* bio, char* into, std::size_t size, std::size_t* done) {
  TlsTransport& transport = transport_of(bio);
  BIO_clear_retry_flags(bio);
  std::error_code error;
  *done = transport.socket->read_some(asio::buffer(into, size), error);
  if (!error) return 1;
  if (!would_block(error)) return failed(transport, error);
  BIO_set_retry_read(bio);
  return -1;
}

int write_bio(BIO* bio, const char* bytes, std::size_t size, std::size_t* done) {
  TlsTransport& transport = transport_of(bio);
  BIO_clear_retry_flags(bio);
  std::error_code error;
  *done = transport.socket->write_some(asio::buffer(bytes, size), error);
  if (!error) return 1;
  if (!would_block(error)) return failed(transport, error);
  BIO_set_retry_write(bio);
  return -1;
}

long control_bio(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return transport_of(bio).ended ? 1 : 0;
  return 0;
}

using Method = std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>;

Method make_method() {
  Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bayeux socket"), &BIO_meth_free);
  if (!method) throw std::bad_alloc();
  BIO_meth_set_read_ex(method.get(), read_bio);
  BIO_meth_set_write_ex(method.get(), write_bio);
  BIO_meth_set_ctrl(method.get(), control_bio);
  return method;
}

}  // namespace

BIO* make_bio(TlsTransport& transport) {
  static const Method method = make_method();
  BIO* const bio = BIO_new(method.get());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &transport);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace bayeux::http1
