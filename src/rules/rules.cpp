#include <bayeux/rules.hpp>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <bayeux/bus.hpp>
#include <bayeux/channel.hpp>
#include <bayeux/client.hpp>
#include <bayeux/data_filter.hpp>
#include <bayeux/error.hpp>

#include "document.hpp"
#include "reader.hpp"
#include "rule_set.hpp"
#include "stock_filters.hpp"

namespace bayeux {
namespace {

std::vector<std::string> roles_attribute(const Client& client) {
  return client.attribute<std::vector<std::string>>("roles").value_or(std::vector<std::string>());
}

/// One byte more than is allowed is enough to tell that there are too many.
std::string read_file(const std::filesystem::path& file) {
  std::string text(rules::max_bytes + 1, '\0');
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream && !stream.eof()) {
    const auto why = std::generic_category().message(errno);
    throw RulesError({file.string(), 0, 0, {}}, "expected a file that can be read; the system says: " + why);
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace

/// What outlives a policy whose filters are still registered.
class Rules::State final : public DataFilter {
 public:
  State(std::optional<std::filesystem::path> file, RulesOptions options)
      : file_(std::move(file)), options_(std::move(options)), factories_(rules::stock_filters()) {
    if (dynamic_cast<const DeliveryPolicy*>(options_.policy.get()) != nullptr) {
      throw std::system_error(Errc::config_invalid);
    }
    for (const auto& [name, factory] : options_.filters) factories_[name] = factory;
    if (!options_.roles) options_.roles = roles_attribute;
  }

  const std::shared_ptr<SecurityPolicy>& policy() const noexcept { return options_.policy; }

  /// `first` is what the other policy said. Where it will say it later, refusing now is right whatever it will say.
  Verdict decide(rules::Operation operation, const Attempt& attempt, const ChannelId& channel, Verdict first) const {
    if (!first.allowed() && !first.pending()) return first;
    rules::Asker asker(attempt.client, options_.roles);
    Verdict own = current()->decide(operation, channel, asker);
    return own.allowed() ? first : own;
  }

  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) override {
    return current()->filter(from, channel, std::move(data));
  }

  void load_file() {
    const auto turn = begin();
    if (!file_) throw RulesError({"rules", 0, 0, {}}, "expected rules that were read from a file");
    load(turn, file_->string(), read_file(*file_));
  }

  void load_text(std::string_view text) { load(begin(), "rules", text); }

 private:
  std::shared_ptr<const rules::RuleSet> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  std::uint64_t begin() {
    const std::lock_guard lock(mutex_);
    return ++begun_;
  }

  /// Factories are the host's, and run under no lock: whoever began later may come to its end first, and stays.
  void load(std::uint64_t turn, std::string source, std::string_view text) {
    const rules::Document document(std::move(source), text);
    auto fresh = std::make_shared<const rules::RuleSet>(rules::Reader(document, factories_).read());
    const std::lock_guard lock(mutex_);
    if (turn < loaded_) return;
    loaded_ = turn;
    current_.swap(fresh);
  }

  const std::optional<std::filesystem::path> file_;
  RulesOptions options_;
  rules::Factories factories_;
  mutable std::mutex mutex_;
  std::uint64_t begun_ = 0;
  std::uint64_t loaded_ = 0;
  std::shared_ptr<const rules::RuleSet> current_;
};

Rules::Rules(std::shared_ptr<State> state) : state_(std::move(state)) {}
Rules::~Rules() = default;

std::shared_ptr<Rules> Rules::from_text(std::string_view text, RulesOptions options) {
  auto state = std::make_shared<State>(std::nullopt, std::move(options));
  state->load_text(text);
  return std::shared_ptr<Rules>(new Rules(std::move(state)));
}

std::shared_ptr<Rules> Rules::from_file(std::filesystem::path file, RulesOptions options) {
  auto state = std::make_shared<State>(std::move(file), std::move(options));
  state->load_file();
  return std::shared_ptr<Rules>(new Rules(std::move(state)));
}

void Rules::reload() {
  state_->load_file();
}

void Rules::reload(std::string_view text) {
  state_->load_text(text);
}

Registration Rules::add_filters(Bus& bus) const {
  return bus.channel("/**").add_filter(state_);
}

Verdict Rules::can_handshake(const Attempt& attempt) {
  return state_->policy() ? state_->policy()->can_handshake(attempt) : Verdict::allow();
}

Verdict Rules::can_create(const Attempt& attempt, const ChannelId& channel) {
  return state_->decide(rules::Operation::create, attempt, channel,
                        state_->policy() ? state_->policy()->can_create(attempt, channel) : Verdict::allow());
}

Verdict Rules::can_subscribe(const Attempt& attempt, const ChannelId& channel) {
  return state_->decide(rules::Operation::subscribe, attempt, channel,
                        state_->policy() ? state_->policy()->can_subscribe(attempt, channel) : Verdict::allow());
}

Verdict Rules::can_publish(const Attempt& attempt, const ChannelId& channel) {
  return state_->decide(rules::Operation::publish, attempt, channel,
                        state_->policy() ? state_->policy()->can_publish(attempt, channel) : Verdict::allow());
}

}  // namespace bayeux
