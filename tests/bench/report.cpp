#include "report.hpp"

#include <array>
#include <cstdio>

namespace bayeux::bench {

void Report::add(const std::string& name, double value) {
  std::array<char, 32> digits;
  std::snprintf(digits.data(), digits.size(), "%.9g", value);
  member(name, digits.data());
}

void Report::add(const std::string& name, const std::string& plain) {
  member(name, '"' + plain + '"');
}

void Report::print() const {
  std::printf("{%s}\n", text_.c_str());
}

void Report::member(const std::string& name, const std::string& json) {
  text_ += (text_.empty() ? "\"" : ", \"") + name + "\": " + json;
}

}  // namespace bayeux::bench
