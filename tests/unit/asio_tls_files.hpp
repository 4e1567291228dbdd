#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "asio_peer.hpp"

namespace bayeux::test {

/// A key and a certificate for it that it signed itself, both made anew. Keys are never kept in the sources.
class SelfMade final {
 public:
  explicit SelfMade(const std::string& name = "localhost")
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(X509_new(), &X509_free) {
    X509* const made = certificate_.get();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -60);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key_.get());
    X509_NAME* const subject = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(made, subject);
    X509_sign(made, key_.get(), EVP_sha256());
  }

  void write_certificate(const std::filesystem::path& file) const {
    const auto out = open(file);
    PEM_write_X509(out.get(), certificate_.get());
  }

  /// Encrypted, where there is a passphrase.
  void write_key(const std::filesystem::path& file, const char* passphrase = nullptr) const {
    const auto out = open(file);
    PEM_write_PrivateKey(out.get(), key_.get(), passphrase ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                         const_cast<char*>(passphrase));
  }

 private:
  static std::unique_ptr<std::FILE, decltype(&std::fclose)> open(const std::filesystem::path& file) {
    return {std::fopen(file.c_str(), "wb"), &std::fclose};
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

/// The files that a server with TLS needs.
class TlsFiles final {
 public:
  TlsFiles() { write(SelfMade()); }

  void write(const SelfMade& made) const {
    made.write_certificate(config().certificate);
    made.write_key(config().key);
  }

  TlsConfig config() const { return {folder.path / "certificate.pem", folder.path / "key.pem"}; }

  /// For a server that uses them.
  AsioServerConfig server(AsioServerConfig config = {}) const {
    config.tls = this->config();
    return config;
  }

  TemporaryFolder folder;
};

}  // namespace bayeux::test
