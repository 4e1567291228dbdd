#pragma once

#include <map>
#include <string>
#include <vector>

#include "document.hpp"
#include "rule_set.hpp"

namespace bayeux {
class SettingsError;
}

namespace bayeux::rules {

using Factories = std::map<std::string, FilterFactory>;

/// Turns a document into rules.
class Reader final {
 public:
  Reader(const Document& document, const Factories& factories) : document_(document), factories_(factories) {}

  /// Errors: throws RulesError.
  RuleSet read();

 private:
  const Value* member(const Value& object, std::string_view name) const;
  void only(const Value& object, const std::vector<std::string>& names) const;
  void need(const Value& value, Type type, const char* what) const;
  void read_declared(const Value& roles);
  ChannelId pattern(const Value& rule) const;
  Rule rule(const Value& value, const ChannelId& pattern) const;
  void read_refusals(const Value& deny, const ChannelId& pattern, Rule& rule) const;
  void only_publish(const Value& operations, const ChannelId& pattern) const;
  std::vector<std::string> roles(const Value& list) const;
  const std::string& role(const Value& value) const;
  std::string reason(const Value& value) const;
  std::shared_ptr<DataFilter> filter(const Value& item) const;
  std::shared_ptr<DataFilter> make_filter(const Value& named, const std::string& name, const Json& settings) const;
  [[noreturn]] void fail_settings(const Value& named, const std::string& name, const SettingsError& error) const;
  const Value* child(const Value& value, const std::string& step) const;

  const Document& document_;
  const Factories& factories_;
  const Value* declared_ = nullptr;
  std::vector<std::string> declared_roles_;
};

}  // namespace bayeux::rules
