#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"

namespace bayeux::rules {

/// Reads a JSON text into the values of a document.
class TreeReader final {
 public:
  explicit TreeReader(Document& document) : document_(document) {}

  /// Errors: throws RulesError.
  void read();

  // What the parser calls; `end` is where the token ends. False stops it.
  bool scalar(Type type, std::size_t end, std::string_view text);
  bool key(std::string_view name, std::size_t end);
  bool open(Type type);
  bool close();

 private:
  std::size_t next_token() const;
  std::size_t add(Type type, std::size_t begin, std::size_t end);
  void check(std::size_t begin, std::size_t end) const;
  [[noreturn]] void refuse(std::size_t offset, std::string problem) const;

  Document& document_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_;
  std::string name_;
  std::size_t name_begin_ = 0;
};

}  // namespace bayeux::rules
