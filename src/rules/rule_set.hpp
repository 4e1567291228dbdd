#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/data_filter.hpp>
#include <bayeux/verdict.hpp>

namespace bayeux::rules {

enum class Operation : std::uint8_t { create, subscribe, publish };

inline constexpr std::array<const char*, 3> operation_names{"create", "subscribe", "publish"};

/// The roles which every client may have without the host.
inline constexpr const char* anyone = "anyone";
inline constexpr const char* user = "user";

/// Who asks. Its roles are looked up when the first one is asked for.
class Asker final {
 public:
  using Roles = std::function<std::vector<std::string>(const Client&)>;

  Asker(const Client& client, const Roles& roles) : client_(client), roles_of_(roles) {}

  bool has(std::string_view role);
  bool has_any(const std::vector<std::string>& roles);

 private:
  const Client& client_;
  const Roles& roles_of_;
  std::optional<bool> logged_in_;
  std::optional<std::vector<std::string>> roles_;
};

/// What one pattern says of one operation.
struct Clause {
  bool present = false;  ///< Whether it says anything; an empty list does.
  std::vector<std::string> granted;
  std::vector<std::string> refused;
};

/// What stands beside one pattern.
struct Rule {
  std::array<Clause, operation_names.size()> clauses;
  std::string reason;  ///< For those whom it refuses.
  std::vector<std::shared_ptr<DataFilter>> filters;
};

/// All rules of one text. Does not change any more once it is in use, so that any number of threads may ask it.
class RuleSet final {
 public:
  /// False when there is a rule for that pattern already.
  bool add(const ChannelId& pattern, Rule rule);

  Verdict decide(Operation operation, const ChannelId& channel, Asker& asker) const;

  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) const;

 private:
  struct Refusal {
    std::string role;
    std::string reason;
  };

  /// What rules say of channels which a pattern matches. A wide pattern may match those of very many rules, and a peer
  /// may ask for very many patterns, so it is put together beforehand.
  struct Below {
    bool mentioned = false;
    std::vector<Refusal> refusals;
    std::unordered_set<std::string> refused;  ///< The roles of these, each of which is there once.
  };
  using BelowByPattern = std::unordered_map<std::string, Below>;

  void note_below(const std::string& pattern, const Rule& rule);
  static void note(Below& below, const Clause& clause, const std::string& reason);
  const Below* below(Operation operation, const ChannelId& pattern) const;

  std::unordered_map<std::string, Rule> rules_;
  std::array<BelowByPattern, operation_names.size()> below_;
  bool filters_ = false;
};

}  // namespace bayeux::rules
