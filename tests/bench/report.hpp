#pragma once

#include <string>

namespace bayeux::bench {

/// A JSON object of what was measured, in the order in which it was added.
class Report final {
 public:
  void add(const std::string& name, double value);
  void add(const std::string& name, const std::string& plain);
  void print() const;

 private:
  void member(const std::string& name, const std::string& json);

  std::string text_;
};

}  // namespace bayeux::bench
