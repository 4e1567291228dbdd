#include "ledger.hpp"

#include <algorithm>
#include <bit>

namespace bayeux::bench {

Ledger::Ledger(std::uint32_t first, std::size_t clients, std::size_t publishers)
    : first_(first),
      clients_(clients),
      publishers_(publishers),
      words_((clients + 63) / 64),
      last_(clients * publishers) {}

void Ledger::expect(const std::vector<std::uint32_t>& audience) {
  audiences_.push_back(&audience);
  seen_.resize(audiences_.size() * words_);
  expected_ += audience.size();
  latencies_ms_.reserve(std::max(latencies_ms_.capacity(), std::bit_ceil(expected_)));
}

Faults Ledger::faults() const {
  Faults faults = faults_;
  for (std::size_t i = 0; i < audiences_.size(); ++i) {
    std::size_t got = 0;
    std::size_t wanted = 0;
    for (std::size_t word = 0; word < words_; ++word) {
      got += static_cast<std::size_t>(std::popcount(seen_[i * words_ + word]));
    }
    for (const std::uint32_t client : *audiences_[i]) wanted += seen_[i * words_ + client / 64] >> client % 64 & 1;
    faults.missed += audiences_[i]->size() - wanted;
    faults.stray += got - wanted;
  }
  return faults;
}

double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return static_cast<double>(values[index]);
}

}  // namespace bayeux::bench
