#pragma once

#include <string>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

namespace bayeux {

/// Says what is wrong in the settings of a stock filter: where it stands and what is expected there. Its code is
/// `config_invalid`.
class SettingsError final : public std::system_error {
 public:
  SettingsError(std::string path, std::string expected)
      : std::system_error(Errc::config_invalid),
        path_(std::move(path)),
        expected_(std::move(expected)),
        text_((path_.empty() ? "the settings" : path_) + ": expected " + expected_) {}

  /// Where, as a JSON pointer (RFC 6901) into the settings: `/properties/age/maximum`; empty for the whole.
  const std::string& path() const noexcept { return path_; }

  /// What should be there, such as `a number`.
  const std::string& expected() const noexcept { return expected_; }

  /// Both, in one line: `/properties/age/maximum: expected a number`.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string path_;
  std::string expected_;
  std::string text_;
};

}  // namespace bayeux
