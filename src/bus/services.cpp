#include "services.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bayeux/error.hpp>

#include "core.hpp"
#include "inquiry.hpp"
#include "service_template.hpp"

namespace bayeux::bus {
namespace {

struct Service {
  Service(ServiceTemplate n, CallHandler h, bool m) : name(std::move(n)), handler(std::move(h)), must_answer(m) {}
  const ServiceTemplate name;
  const CallHandler handler;
  const bool must_answer;
  std::uint64_t number = 0;  ///< Its place in the order of adding.
  std::atomic<bool> alive{true};
};
using List = std::vector<std::shared_ptr<Service>>;

struct Match {
  std::shared_ptr<Service> service;
  ServiceTemplate::Parameters parameters;
};

}  // namespace

struct Services::State {
  mutable std::shared_mutex mutex;
  std::atomic<std::size_t> count{0};
  std::uint64_t added = 0;
  std::unordered_map<std::string, List> exact;
  std::unordered_map<std::size_t, List> templates;  ///< By how many segments they have.

  void add(const std::shared_ptr<Service>& service) {
    const std::unique_lock lock(mutex);
    service->number = ++added;
    const auto& name = service->name;
    (name.is_exact() ? exact[name.name()] : templates[name.size()]).push_back(service);
    count.fetch_add(1);
  }

  void remove(const std::shared_ptr<Service>& service) {
    const std::unique_lock lock(mutex);
    const auto take_from = [&](auto& lists, const auto& key) {
      const auto list = lists.find(key);
      if (list == lists.end()) return;
      count.fetch_sub(std::erase(list->second, service));
      if (list->second.empty()) lists.erase(list);
    };
    const auto& name = service->name;
    name.is_exact() ? take_from(exact, name.name()) : take_from(templates, name.size());
  }

  std::vector<Match> find(const std::string& channel) const {
    std::vector<Match> found;
    if (count.load() == 0) return found;
    const std::shared_lock lock(mutex);
    const auto same = exact.find(channel);
    if (same != exact.end()) {
      for (const auto& service : same->second) found.push_back({service, {}});
    }
    if (templates.empty()) return found;
    const auto segments = ServiceTemplate::segments_of(channel);
    const auto similar = templates.find(segments.size());
    if (similar == templates.end()) return found;
    for (const auto& service : similar->second) {
      if (auto parameters = service->name.match(segments)) found.push_back({service, std::move(*parameters)});
    }
    std::sort(found.begin(), found.end(),
              [](const Match& a, const Match& b) { return a.service->number < b.service->number; });
    return found;
  }
};

Services::Services() : state_(std::make_shared<State>()) {}

Registration Services::add(std::string_view name, CallHandler handler, bool must_answer) {
  auto parsed = ServiceTemplate::parse(name);
  if (!parsed) throw std::system_error(Errc::channel_invalid, std::string(name));
  if (!handler) throw std::system_error(Errc::callback_empty);
  auto service = std::make_shared<Service>(std::move(*parsed), std::move(handler), must_answer);
  state_->add(service);
  return Registration([weak = std::weak_ptr(state_), service] {
    service->alive = false;
    if (const auto state = weak.lock()) state->remove(service);
  });
}

void Services::run(BusCore& core, const Client& from, const ChannelId& channel, const Message& message) const {
  auto matches = state_->find(channel.name());
  if (matches.empty()) return;
  const auto inquiry = std::make_shared<Inquiry>(channel.name(), from, message);
  const bool owed =
      std::any_of(matches.begin(), matches.end(), [](const Match& match) { return match.service->must_answer; });
  // Held here too: a handler that lets go must not end the call before the next was asked.
  const auto duty = owed ? std::make_shared<AnswerDuty>(inquiry) : nullptr;
  for (auto& [service, parameters] : matches) {
    if (!service->alive) continue;
    const Call call = CallAccess::call(inquiry, std::move(parameters), service->must_answer ? duty : nullptr);
    const bool fine = core.guarded("service handler", [&, &handler = service->handler] { handler(call); });
    if (!fine && service->must_answer) inquiry->fail("failed");
  }
}

std::string service_of(std::string_view target) {
  std::string name = "/service";
  if (!target.starts_with('/')) name += '/';
  return name.append(target);
}

}  // namespace bayeux::bus
