#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::bus {

/// The checked name of a service, such as `/service/echo`, or of many, such as `/service/room/{id}`: a part in braces
/// stands for one segment, whatever it is.
class ServiceTemplate final {
 public:
  /// What stands in a channel for each part in braces.
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  using Segments = std::vector<std::string_view>;

  /// Errors: empty for what is no channel name below `/service/`, for wildcards, for braces that are not a whole
  /// segment, and for two parts of the same name.
  static std::optional<ServiceTemplate> parse(std::string_view name);

  /// The segments of a channel name; valid as long as the name.
  static Segments segments_of(std::string_view channel);

  /// Without blanks around it and a slash at the end, as channels are named.
  const std::string& name() const noexcept { return name_; }

  /// It has no parts in braces: it stands for the channel of that name alone.
  bool is_exact() const noexcept { return exact_; }

  /// How many segments a channel needs.
  std::size_t size() const noexcept { return parts_.size(); }

  /// Empty when the channel is another.
  std::optional<Parameters> match(const Segments& channel) const;

 private:
  struct Part {
    bool parameter = false;
    std::string text;  ///< The segment, or the name of the parameter.
  };
  static std::optional<Part> part_of(std::string_view segment);
  bool names(std::string_view parameter) const;

  std::string name_;
  std::vector<Part> parts_;
  bool exact_ = true;
};

}  // namespace bayeux::bus
