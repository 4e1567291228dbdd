#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/filters/json_filter.hpp>
#include <bayeux/rules.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "options.hpp"

using bayeux::HttpRequest;
using bayeux::HttpResponse;
using bayeux::Json;
using bayeux::Verdict;
using Roles = std::vector<std::string>;

namespace {

/// Lets everybody in, and believes them who they are. Rules say what people may do; who somebody is has to be found
/// out by the application: see 04_login.
class Trusting final : public bayeux::SecurityPolicy {
 public:
  Verdict can_handshake(const bayeux::Attempt& attempt) override {
    const std::string& name = attempt.message.ext["login"]["name"].as_string();
    if (name.empty()) return Verdict::allow();
    const auto roles = roles_of(name);
    if (roles.empty()) return Verdict::deny("nobody_of_that_name");
    attempt.client.set_attribute("roles", roles);
    return Verdict::allow_as(name);
  }

 private:
  static Roles roles_of(std::string_view name) {
    if (name == "ann") return {"member", "moderator"};
    if (name == "ben") return {"member"};
    if (name == "mallory") return {"member", "banned"};
    return {};
  }
};

/// A filter of the application, which the rules know as `mask`: puts stars in place of the words in its settings.
class Mask final : public bayeux::JsonFilter {
 public:
  explicit Mask(const Json& settings) {
    for (const Json& word : settings.items()) words_.push_back(word.as_string());
    for (const auto& word : words_) {
      if (word.empty()) throw std::runtime_error("every word is a text that is not empty");
    }
    if (words_.empty()) throw std::runtime_error("there must be an array of words");
  }

  Fate on_string(Json& value, const Place&) override {
    std::string text = value.as_string();
    for (const auto& word : words_) {
      for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
        text.replace(at, word.size(), word.size(), '*');
        at += word.size();
      }
    }
    value = std::move(text);
    return Fate::keep;
  }

 private:
  std::vector<std::string> words_;
};

/// The file with the rules, which is read anew when it has changed or somebody asks for that.
class RulesFile final {
 public:
  explicit RulesFile(const std::filesystem::path& file)
      : file_(file), rules_(bayeux::Rules::from_file(file, options())), seen_(stamp()) {}

  const std::shared_ptr<bayeux::Rules>& rules() const { return rules_; }

  /// True when it was read anew: then `state` says how that went.
  bool reload_if_changed() {
    const std::lock_guard lock(mutex_);
    return stamp() != seen_ && reload();
  }

  bool reload_now() {
    const std::lock_guard lock(mutex_);
    reload();
    return error_.empty();
  }

  /// The text of the file, and what is wrong with it: then the rules before it are still in force.
  Json state() {
    const std::lock_guard lock(mutex_);
    std::ifstream stream(file_);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    return Json::object({{"text", text}, {"error", error_}});
  }

 private:
  static bayeux::RulesOptions options() {
    return {.policy = std::make_shared<Trusting>(),
            .filters = {{"mask", [](const Json& settings) { return std::make_shared<Mask>(settings); }}}};
  }

  std::filesystem::file_time_type stamp() const {
    std::error_code ignored;
    return std::filesystem::last_write_time(file_, ignored);
  }

  bool reload() {
    seen_ = stamp();
    try {
      rules_->reload();
      error_.clear();
      std::cout << "the rules were read anew" << std::endl;
    } catch (const bayeux::RulesError& error) {
      error_ = error.what();
      std::cout << error_ << "\nthe old rules stay" << std::endl;
    }
    return true;
  }

  const std::filesystem::path file_;
  const std::shared_ptr<bayeux::Rules> rules_;
  std::mutex mutex_;
  std::filesystem::file_time_type seen_;
  std::string error_;
};

/// Takes `--rules FILE` out of the command line.
std::filesystem::path rules_option(int& count, char* values[]) {
  for (int i = 1; i + 1 < count; ++i) {
    if (std::string_view(values[i]) != "--rules") continue;
    const std::filesystem::path file = values[i + 1];
    std::move(values + i + 2, values + count, values + i);
    count -= 2;
    return file;
  }
  return RULES;
}

HttpResponse answer(const Json& state, int status) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = state.text()};
}

}  // namespace

int main(int count, char* values[]) try {
  RulesFile file(rules_option(count, values));
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  bayeux::Bus bus({.policy = file.rules()});
  const auto filters = file.rules()->add_filters(bus);
  bayeux::AsioServer server(bus, options.server);

  const auto tell_all = [&] { bus.channel("/rules").publish(file.state()); };
  server.every(std::chrono::milliseconds(300), [&] {
    if (file.reload_if_changed()) tell_all();
  });
  server.route("/rules", [&](const HttpRequest&) { return answer(file.state(), 200); });
  server.route("/reload", [&](const HttpRequest& request) -> HttpResponse {
    if (request.method != "POST") return {.status = 405, .headers = {{"Allow", "POST"}}, .body = {}};
    const bool fine = file.reload_now();
    tell_all();
    return answer(file.state(), fine ? 200 : 422);
  });

  std::atomic<int> votes{0};
  const auto voting = bus.channel("/service/vote").on_message([&](const auto& from, const auto&) {
    bus.channel("/news").publish({{"text", from.user() + " voted; that makes " + std::to_string(++votes)}});
  });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
