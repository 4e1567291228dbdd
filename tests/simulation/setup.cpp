#include "setup.hpp"

#include <array>

#include "random.hpp"

namespace bayeux::simulation {
namespace {

Nature nature_of(const Plan& plan, int number) {
  Random random(plan.seed, of_client, static_cast<std::uint64_t>(number));
  Nature nature;
  const int kind = random.between(0, 9);
  nature.kind = kind < 5 ? Kind::polling : kind < 8 ? Kind::socket : Kind::stream;
  nature.acknowledges = random.chance(50) && plan.has(Fault::acknowledge) && nature.kind != Kind::stream;
  nature.connects_only = random.chance(20) && nature.kind == Kind::polling;
  nature.delay = random.between(1, 20);
  const int take = random.between(60, 1'500);
  if (random.chance(30) && plan.has(Fault::partial)) nature.take = static_cast<std::size_t>(take);
  return nature;
}

void draw_limits(Setup& setup, Random& random) {
  const int what = random.between(0, 3);
  const int messages = random.between(2, 8);
  const int bytes = random.between(150, 900);
  auto& config = setup.config;
  config.overflow = static_cast<Overflow>(random.between(0, 2));
  setup.has_limit = true;
  if (what <= 1) config.max_queue_messages = static_cast<std::size_t>(messages);
  if (what == 2) config.max_queue_bytes = static_cast<std::size_t>(bytes);
  if (what == 3) config.max_total_bytes = static_cast<std::size_t>(2 * bytes);
}

void draw_publish_rate(Config& config, Random random, bool limits) {
  constexpr std::array<std::size_t, 4> rates{1, 2, 4, 5};
  const bool drawn = random.chance(25);
  const auto rate = rates[static_cast<std::size_t>(random.between(0, 3))];
  config.publish_rate = limits && drawn ? rate : 0;
  config.publish_burst = static_cast<std::size_t>(random.between(1, 6));
}

}  // namespace

Setup::Setup(const Plan& plan) {
  Random random(plan.seed, of_setup, 0);
  const int shards = random.between(0, 9);
  config.shards = shards < 6 ? 1 : shards < 9 ? 4 : 16;
  config.timeout = Milliseconds(4'000);
  config.interval = Milliseconds(random.chance(30) ? 50 : 0);
  config.max_interval = Milliseconds(1'500);
  config.lazy_timeout = Milliseconds(300);
  draw_publish_rate(config, Random(plan.seed, of_setup, 2), plan.has(Fault::rate));
  const int rate = random.between(5, 50);
  config.handshake_rate = random.chance(50) ? static_cast<std::size_t>(rate) : 0;
  config.handshake_burst = static_cast<std::size_t>(random.between(1, 8));
  config.channel_timeout = Milliseconds(1'000);
  lazy_channel = random.chance(30) && plan.has(Fault::lazy);
  drains = random.chance(40) && plan.has(Fault::drain);
  if (random.chance(40) && plan.has(Fault::overflow)) draw_limits(*this, random);
  const int count = Random(plan.seed, of_setup, 1).between(2, 8);
  for (int i = 0; i < count && i < plan.clients; ++i) clients.push_back(nature_of(plan, i));
}

}  // namespace bayeux::simulation
