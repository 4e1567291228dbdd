#include "client_table.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <system_error>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <bayeux/error.hpp>

#include "attributes.hpp"

namespace bayeux::bus {
namespace {

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};

template <class Value>
using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

/// To whom a client belongs, and its place among the clients of that user; no two have the same place.
struct Seat {
  std::string user;
  std::uint64_t place = 0;
};

class UserIndex final {
 public:
  void add(const Seat& seat, std::string_view id) {
    const std::lock_guard lock(mutex_);
    seats_[seat.user].emplace(seat.place, id);
  }

  void remove(const Seat& seat) {
    if (seat.place == 0) return;
    const std::lock_guard lock(mutex_);
    const auto user = seats_.find(seat.user);
    if (user == seats_.end()) return;
    user->second.erase(seat.place);
    if (user->second.empty()) seats_.erase(user);
  }

  std::vector<std::string> of(std::string_view user) const {
    std::vector<std::string> ids;
    const std::lock_guard lock(mutex_);
    const auto found = seats_.find(user);
    if (found == seats_.end()) return ids;
    ids.reserve(found->second.size());
    for (const auto& [place, id] : found->second) ids.push_back(id);
    return ids;
  }

 private:
  mutable std::mutex mutex_;
  ByName<std::map<std::uint64_t, std::string>> seats_;
};

struct Record {
  Seat seat;
  Attributes attributes;
  ClientTable::Settings settings;
  bool advice_changed = false;
  ClientTable::Extensions::List extensions;

  bool blank() const {
    return seat.place == 0 && attributes.empty() && settings == ClientTable::Settings() && !advice_changed &&
           extensions.empty();
  }
};

struct Stripe {
  mutable std::mutex mutex;
  ByName<Record> records;
};

}  // namespace

struct ClientTable::State {
  enum class Absent : std::uint8_t { make, skip };

  std::array<Stripe, 16> stripes;
  UserIndex users;
  std::atomic<std::size_t> records{0};
  std::atomic<std::size_t> extensions{0};
  std::atomic<std::uint64_t> places{0};

  std::size_t stripe_of(std::string_view id) const { return Hash()(id) % stripes.size(); }

  /// What `work` finds in the record; a default when there is none.
  template <class Work>
  auto read(std::string_view id, Work work) const {
    using Result = std::invoke_result_t<Work, const Record&>;
    if (records.load() == 0) return Result();
    const Stripe& stripe = stripes[stripe_of(id)];
    const std::lock_guard lock(stripe.mutex);
    const auto found = stripe.records.find(id);
    return found != stripe.records.end() ? work(found->second) : Result();
  }

  /// Lets `work` change the record, which is forgotten when it says nothing any more. What `work` takes out it
  /// returns, so that it is destroyed after the lock was let go.
  template <class Work>
  auto edit(std::string_view id, Absent absent, Work work) {
    using Result = std::invoke_result_t<Work, Record&>;
    Stripe& stripe = stripes[stripe_of(id)];
    const std::lock_guard lock(stripe.mutex);
    auto found = stripe.records.find(id);
    if (found == stripe.records.end()) {
      if (absent == Absent::skip) return Result();
      found = stripe.records.emplace(id, Record()).first;
      records.fetch_add(1);
    }
    Result result = work(found->second);
    if (found->second.blank()) {
      stripe.records.erase(found);
      records.fetch_sub(1);
    }
    return result;
  }

  void remove_extension(std::string_view id, const std::shared_ptr<Extensions::Entry>& entry) {
    extensions.fetch_sub(edit(id, Absent::skip, [&](Record& record) { return std::erase(record.extensions, entry); }));
  }
};

ClientTable::ClientTable() : state_(std::make_shared<State>()) {}

ClientTable::~ClientTable() = default;

bool ClientTable::empty() const noexcept {
  return state_->records.load() == 0;
}

std::string ClientTable::user(std::string_view id) const {
  return state_->read(id, [](const Record& record) { return record.seat.user; });
}

void ClientTable::set_user(std::string_view id, const std::string& user) {
  Seat seat;
  if (!user.empty()) seat = {user, state_->places.fetch_add(1) + 1};
  bool changed = false;
  const auto absent = user.empty() ? State::Absent::skip : State::Absent::make;
  const Seat left = state_->edit(id, absent, [&](Record& record) {
    changed = record.seat.user != user;
    return changed ? std::exchange(record.seat, seat) : Seat();
  });
  state_->users.remove(left);
  if (!changed || user.empty()) return;
  state_->users.add(seat, id);
  // Whoever took the seat away since may have looked for it in the index before it was there.
  if (state_->read(id, [](const Record& record) { return record.seat.place; }) != seat.place)
    state_->users.remove(seat);
}

std::vector<std::string> ClientTable::clients_of(std::string_view user) const {
  return state_->users.of(user);
}

std::any ClientTable::attribute(std::string_view id, std::string_view name) const {
  return Attributes::copied(state_->read(id, [&](const Record& record) { return record.attributes.find(name); }));
}

void ClientTable::set_attribute(std::string_view id, std::string_view name, std::any value) {
  auto shared = Attributes::shared(std::move(value));
  const auto absent = shared == nullptr ? State::Absent::skip : State::Absent::make;
  const auto old =
      state_->edit(id, absent, [&](Record& record) { return record.attributes.exchange(name, std::move(shared)); });
}

ClientTable::Settings ClientTable::settings(std::string_view id) const {
  return state_->read(id, [](const Record& record) { return record.settings; });
}

void ClientTable::change(std::string_view id, const std::function<void(Settings&)>& work) {
  state_->edit(id, State::Absent::make, [&](Record& record) {
    const Settings old = record.settings;
    work(record.settings);
    if (old.timeout != record.settings.timeout || old.interval != record.settings.interval)
      record.advice_changed = true;
    return old;
  });
}

bool ClientTable::advice_changed(std::string_view id) const {
  return state_->read(id, [](const Record& record) { return record.advice_changed; });
}

bool ClientTable::take_advice_changed(std::string_view id) {
  if (empty()) return false;
  return state_->edit(id, State::Absent::skip,
                      [](Record& record) { return std::exchange(record.advice_changed, false); });
}

Registration ClientTable::add_extension(std::string_view id, std::shared_ptr<Extension> extension) {
  if (extension == nullptr) throw std::system_error(Errc::callback_empty);
  auto entry = std::make_shared<Extensions::Entry>(std::move(extension));
  state_->edit(id, State::Absent::make, [&](Record& record) {
    record.extensions.push_back(entry);
    return state_->extensions.fetch_add(1);
  });
  // Weakly: what the application forgot to take back goes with the client.
  return Registration([state = std::weak_ptr(state_), name = std::string(id), weak = std::weak_ptr(entry)] {
    const auto added = weak.lock();
    if (added == nullptr) return;
    added->alive = false;
    if (const auto table = state.lock()) table->remove_extension(name, added);
  });
}

ClientTable::Extensions::List ClientTable::extensions(std::string_view id) const {
  if (!has_extensions()) return {};
  return state_->read(id, [](const Record& record) { return record.extensions; });
}

bool ClientTable::has_extensions() const noexcept {
  return state_->extensions.load() != 0;
}

bool ClientTable::has_extensions(std::string_view id) const {
  return has_extensions() && state_->read(id, [](const Record& record) { return !record.extensions.empty(); });
}

void ClientTable::erase(std::string_view id) {
  if (empty()) return;
  ByName<Record>::node_type gone;
  {
    Stripe& stripe = state_->stripes[state_->stripe_of(id)];
    const std::lock_guard lock(stripe.mutex);
    const auto found = stripe.records.find(id);
    if (found == stripe.records.end()) return;
    gone = stripe.records.extract(found);
    state_->records.fetch_sub(1);
    state_->extensions.fetch_sub(gone.mapped().extensions.size());
  }
  for (const auto& entry : gone.mapped().extensions) entry->alive = false;
  state_->users.remove(gone.mapped().seat);
}

}  // namespace bayeux::bus
