#include "reader.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <bayeux/filters/settings_error.hpp>

#include "pattern_fault.hpp"
#include "spelling.hpp"

namespace bayeux::rules {
namespace {

constexpr std::size_t longest_role = 128;
constexpr std::size_t longest_reason = 64;

const std::vector<std::string> root_names{"channels", "roles"};
const std::vector<std::string> rule_names{"create", "subscribe", "publish", "deny", "filters"};
const std::vector<std::string> refusal_names{"create", "subscribe", "publish", "reason"};
const std::vector<std::string> built_in_roles{anyone, user};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
}

/// A step of a JSON pointer (RFC 6901, section 4).
std::string unescaped(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    name += !escape ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return name;
}

/// What clients can take apart in an error (protocol: "Error strings").
bool is_reason_character(char c) {
  const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return word || std::string_view("-_!~()$@/*.").find(c) != std::string_view::npos;
}

}  // namespace

RuleSet Reader::read() {
  const Value& root = document_.root();
  need(root, Type::object, "an object with the member \"channels\"");
  only(root, root_names);
  if (const Value* declared = member(root, "roles")) read_declared(*declared);
  const Value* channels = member(root, "channels");
  if (channels == nullptr) document_.fail(root, "expected the member \"channels\", with the rules");
  need(*channels, Type::object, "an object whose names are channels and patterns, such as {\"/chat/**\": {...}}");
  RuleSet rules;
  for (const std::size_t number : channels->children) {
    const Value& value = document_.at(number);
    const ChannelId id = pattern(value);
    if (!rules.add(id, rule(value, id))) {
      document_.fail_name(value, "expected each pattern once; " + in_quotes(id.name()) + " was there before");
    }
  }
  return rules;
}

const Value* Reader::member(const Value& object, std::string_view name) const {
  for (const std::size_t number : object.children) {
    if (document_.at(number).name == name) return &document_.at(number);
  }
  return nullptr;
}

void Reader::only(const Value& object, const std::vector<std::string>& names) const {
  for (const std::size_t number : object.children) {
    const Value& value = document_.at(number);
    if (contains(names, value.name)) continue;
    document_.fail_name(
        value, "expected " + listed(names) + ", found " + in_quotes(value.name) + suggestion(value.name, names));
  }
}

void Reader::need(const Value& value, Type type, const char* what) const {
  if (value.type != type) document_.fail(value, "expected " + std::string(what) + ", found " + described(value));
}

void Reader::read_declared(const Value& list) {
  declared_roles_ = roles(list);
  declared_ = &list;
  for (std::size_t i = 0; i < declared_roles_.size(); ++i) {
    if (!contains(built_in_roles, declared_roles_[i])) continue;
    document_.fail(document_.at(list.children[i]), "expected roles of your own; " + in_quotes(declared_roles_[i]) +
                                                       " is known without being named here");
  }
}

ChannelId Reader::pattern(const Value& rule) const {
  if (const auto fault = pattern_fault(rule.name); !fault.empty()) document_.fail_name(rule, fault);
  return *ChannelId::parse(rule.name);
}

Rule Reader::rule(const Value& value, const ChannelId& pattern) const {
  need(value, Type::object, "an object such as {\"publish\": [\"member\"]}");
  only(value, rule_names);
  only_publish(value, pattern);
  Rule rule;
  rule.reason = "denied_by_rules";
  for (std::size_t i = 0; i < operation_names.size(); ++i) {
    const Value* granted = member(value, operation_names[i]);
    if (granted != nullptr) rule.clauses[i] = {true, roles(*granted), {}};
  }
  if (const Value* deny = member(value, "deny")) read_refusals(*deny, pattern, rule);
  if (const Value* filters = member(value, "filters")) {
    need(*filters, Type::array, "an array of filters, such as [\"no_markup\"]");
    for (const std::size_t number : filters->children) rule.filters.push_back(filter(document_.at(number)));
  }
  return rule;
}

void Reader::read_refusals(const Value& deny, const ChannelId& pattern, Rule& rule) const {
  need(deny, Type::object, "an object such as {\"publish\": [\"banned\"]}");
  only(deny, refusal_names);
  only_publish(deny, pattern);
  bool any = false;
  for (std::size_t i = 0; i < operation_names.size(); ++i) {
    const Value* refused = member(deny, operation_names[i]);
    if (refused == nullptr) continue;
    any = true;
    rule.clauses[i].present = true;
    rule.clauses[i].refused = roles(*refused);
  }
  if (!any) document_.fail(deny, "expected what is denied: \"create\", \"subscribe\" or \"publish\"");
  if (const Value* text = member(deny, "reason")) rule.reason = reason(*text);
}

/// A rule that could never apply would give whoever wrote it a wrong feeling of safety.
void Reader::only_publish(const Value& operations, const ChannelId& pattern) const {
  if (!pattern.is_service()) return;
  for (const char* name : {"create", "subscribe"}) {
    const Value* value = member(operations, name);
    if (value != nullptr) {
      document_.fail_name(*value, "expected only \"publish\" for a service: nobody can create it or subscribe to it");
    }
  }
}

std::vector<std::string> Reader::roles(const Value& list) const {
  need(list, Type::array, "an array of roles, such as [\"anyone\"]");
  std::vector<std::string> names;
  for (const std::size_t number : list.children) names.push_back(role(document_.at(number)));
  return names;
}

const std::string& Reader::role(const Value& value) const {
  need(value, Type::string, "the name of a role, such as \"anyone\"");
  const std::string& name = value.text;
  if (name.empty() || name.size() > longest_role || std::any_of(name.begin(), name.end(), is_control)) {
    document_.fail(value, "expected the name of a role, of 1 to " + std::to_string(longest_role) +
                              " bytes without control characters");
  }
  if (contains(built_in_roles, name)) return name;
  for (const auto& known : built_in_roles) {
    if (same_letters(name, known))
      document_.fail(value, "expected small letters; did you mean " + in_quotes(known) + "?");
  }
  if (declared_ != nullptr && !contains(declared_roles_, name)) {
    auto known = declared_roles_;
    known.insert(known.end(), built_in_roles.begin(), built_in_roles.end());
    document_.fail(value, "expected a role that \"roles\" names, found " + in_quotes(name) + suggestion(name, known));
  }
  return name;
}

std::string Reader::reason(const Value& value) const {
  need(value, Type::string, "a reason, such as \"you_are_banned\"");
  const std::string& text = value.text;
  if (!text.empty() && text.size() <= longest_reason && std::all_of(text.begin(), text.end(), is_reason_character)) {
    return text;
  }
  document_.fail(value, "expected a reason of 1 to " + std::to_string(longest_reason) +
                            " letters, digits and -_!~()$@/*. as clients find it in their error");
}

std::shared_ptr<DataFilter> Reader::filter(const Value& item) const {
  if (item.type == Type::string) return make_filter(item, item.text, Json());
  if (item.type != Type::object || item.children.size() != 1) {
    document_.fail(item,
                   "expected the name of a filter, or an object with its name and settings such as "
                   "{\"shape\": {...}}, found " +
                       described(item) +
                       (item.type == Type::object ? " of " + std::to_string(item.children.size()) + " members" : ""));
  }
  const Value& settings = document_.at(item.children.front());
  return make_filter(settings, settings.name, document_.json(settings));
}

std::shared_ptr<DataFilter> Reader::make_filter(const Value& named, const std::string& name,
                                                const Json& settings) const {
  const auto factory = factories_.find(name);
  if (factory == factories_.end()) {
    std::vector<std::string> known;
    for (const auto& entry : factories_) known.push_back(entry.first);
    const auto problem = "expected a filter: " + listed(known) + ", found " + in_quotes(name) + suggestion(name, known);
    if (named.name.empty()) document_.fail(named, problem);
    document_.fail_name(named, problem);
  }
  std::string problem = "expected settings that the filter " + in_quotes(name) + " takes";
  try {
    auto made = factory->second(settings);
    if (made != nullptr) return made;
  } catch (const SettingsError& error) {
    fail_settings(named, name, error);
  } catch (const std::exception& error) {
    problem += "; it says: ";
    problem += error.what();
  } catch (...) {
  }
  document_.fail(named, std::move(problem));
}

/// At the very place within the settings, as far as there is one.
void Reader::fail_settings(const Value& named, const std::string& name, const SettingsError& error) const {
  const Value* at = &named;
  std::string_view rest = error.path();
  while (!rest.empty()) {
    const auto end = std::min(rest.find('/', 1), rest.size());
    const Value* next = child(*at, unescaped(rest.substr(1, end - 1)));
    if (next == nullptr) break;
    at = next;
    rest.remove_prefix(end);
  }
  std::string problem = "expected " + error.expected();
  if (!rest.empty()) problem += " at " + in_quotes(rest);
  document_.fail(*at, problem + ", for the filter " + in_quotes(name));
}

/// The item or member which a step of a JSON pointer names.
const Value* Reader::child(const Value& value, const std::string& step) const {
  if (value.type == Type::object) return member(value, step);
  for (const std::size_t number : value.children) {
    if (std::to_string(document_.at(number).position) == step) return &document_.at(number);
  }
  return nullptr;
}

}  // namespace bayeux::rules
