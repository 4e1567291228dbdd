#include <bayeux/id_source.hpp>

#include <cerrno>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace bayeux {
namespace {

/// 26 characters of 5 bits each.
std::string random_id() {
  static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id(26, '\0');
  if (getentropy(id.data(), id.size()) != 0) throw std::system_error(errno, std::generic_category(), "getentropy");
  for (char& c : id) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return id;
}

}  // namespace

std::string SystemIdSource::client_id() {
  return random_id();
}

std::string SystemIdSource::browser_id() {
  return random_id();
}

}  // namespace bayeux
