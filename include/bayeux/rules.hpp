#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/security_policy.hpp>

namespace bayeux {

/// What is wrong with a text of rules, for whoever wrote it. `what()` is all of it in one line:
///
///     rules.json:7:18: channels."/chat/**".publish[1]: expected the name of a role, found a number
class RulesError final : public std::runtime_error {
 public:
  /// Where in a text something is wrong. Lines and columns count from 1, columns in characters; both are 0 when it is
  /// not one place that is wrong, such as a file that cannot be read.
  struct Place {
    std::string source;      ///< The file as it was named, or `rules` for a text.
    std::size_t line = 0;    ///< The line.
    std::size_t column = 0;  ///< The column.
    std::string key;         ///< The way to it from the root: `channels."/chat/**".publish[1]`; empty for the root.
  };

  RulesError(Place place, std::string problem);

  const Place& place() const noexcept { return place_; }
  std::size_t line() const noexcept { return place_.line; }
  std::size_t column() const noexcept { return place_.column; }
  const std::string& key() const noexcept { return place_.key; }

  /// What was expected, and what was found.
  const std::string& problem() const noexcept { return problem_; }

 private:
  Place place_;
  std::string problem_;
};

/// Makes a filter of what stands in the rules: null where only its name does.
///
/// Threads: the one that loads the rules.
/// Errors: whatever it throws, or nullptr, becomes a RulesError at the place of the settings; what it says of a
/// std::exception is shown there.
using FilterFactory = std::function<std::shared_ptr<DataFilter>(const Json& settings)>;

/// What rules need of the host.
struct RulesOptions {
  /// Decides about handshakes, and is asked first about everything else, where its refusal is final. Everybody may
  /// have a session when it is empty.
  std::shared_ptr<SecurityPolicy> policy;

  /// The roles of a client. When empty, those in its attribute `roles`, a std::vector<std::string> which a policy sets
  /// in SecurityPolicy::can_handshake:
  ///
  ///     attempt.client.set_attribute("roles", std::vector<std::string>{"member"});
  ///
  /// Threads: the one that carried the request; several at once. It may call anything of the bus.
  /// Errors: an exception denies.
  std::function<std::vector<std::string>(const Client& client)> roles;

  /// Kinds of filters beside `no_markup`, `no_scripts` and `shape`, by the name that they have in the rules.
  std::map<std::string, FilterFactory> filters;
};

/// Rules without code: who may do what on which channel, and what filters what is published there, read from JSON and
/// exchanged while the bus is running.
///
///     {
///       "roles": ["member", "moderator", "banned"],
///       "channels": {
///         "/**": {"create": [], "publish": []},
///         "/news": {"subscribe": ["anyone"]},
///         "/chat/**": {
///           "create": ["moderator"],
///           "subscribe": ["user"],
///           "publish": ["member", "moderator"],
///           "deny": {"publish": ["banned"], "reason": "you_are_banned"},
///           "filters": ["no_markup", {"shape": {"required": ["text"]}}]
///         }
///       }
///     }
///
///     auto rules = bayeux::Rules::from_file("rules.json");
///     bayeux::Bus bus({.policy = rules});
///     auto filters = rules->add_filters(bus);
///
/// A *pattern* says something of each *operation* (`create`, `subscribe`, `publish`) for the clients that have one of
/// the roles: a list beside the operation grants, one below `deny` refuses. Of two roles every client may have them
/// without the host: `anyone` is everybody, `user` whoever is logged in (Client::user is not empty).
///
/// **Deciding** (authorizers, in the words of CometD). All patterns that match the channel are asked, from `/**` to the
/// channel itself:
/// - none of them says anything of the operation, not even an empty list: allowed;
/// - one refuses: refused, with the `reason` of the first (`denied_by_rules` where it names none);
/// - one grants: allowed;
/// - else refused, `denied_by_not_granting`.
///
/// So what nobody mentions is open, and `"/**": {"create": [], "subscribe": [], "publish": []}` closes all that is not
/// granted elsewhere.
///
/// **Patterns that are asked for.** Who subscribes to `/chat/*`, or creates it, asks for every channel that it matches:
/// only patterns that match all of these grant (`/chat/*`, `/chat/**`, `/**`), and a pattern that matches any of them
/// refuses. Where some of these channels are mentioned, the pattern itself has to be granted.
///
/// `create` is asked for channels that do not exist yet. `/service/` channels can be published on, and nothing else.
/// `roles`, where it is there, names all roles that the rules may name, so that a slip of the pen is found.
///
/// **Filters** of all patterns that match run from `/**` to the channel itself, in the order in which they are written.
/// An item is the name of a filter, or an object whose one member is its name and settings.
///
/// The text may have 1 MiB and nest 64 deep; what is unknown in it or there twice is an error.
///
/// Threads: any, at once. Make it with the functions below, and share it with Config::policy.
class Rules final : public SecurityPolicy {
 public:
  /// Errors: throws RulesError, and std::system_error (config_invalid) when RulesOptions::policy is a DeliveryPolicy,
  /// whose can_deliver would never be called.
  static std::shared_ptr<Rules> from_text(std::string_view text, RulesOptions options = {});
  static std::shared_ptr<Rules> from_file(std::filesystem::path file, RulesOptions options = {});

  ~Rules() override;

  /// Reads the file anew. When it throws, the rules stay as they were; otherwise whatever is decided or filtered from
  /// now on follows the new ones, and what is being decided follows either. Subscriptions that clients have stay.
  /// Of several reloads at once, the one that began last counts.
  ///
  /// Errors: throws RulesError, also when these rules are not from a file.
  void reload();

  /// The same, from a text.
  ///
  /// Errors: throws RulesError.
  void reload(std::string_view text);

  /// Runs the filters of the rules, those of a later reload too, on all that is published, until the registration goes.
  /// They stand where they are added among the filters of `/**`: before those which the application adds to other
  /// patterns and channels.
  ///
  /// Errors: throws std::system_error (bus_closed).
  Registration add_filters(Bus& bus) const;

  /// What RulesOptions::policy says.
  Verdict can_handshake(const Attempt& attempt) override;

  // What the rules say, unless RulesOptions::policy refuses. Where that will answer later, the rules decide now, and
  // its answer counts when they allow.
  Verdict can_create(const Attempt& attempt, const ChannelId& channel) override;
  Verdict can_subscribe(const Attempt& attempt, const ChannelId& channel) override;
  Verdict can_publish(const Attempt& attempt, const ChannelId& channel) override;

 private:
  class State;
  explicit Rules(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
