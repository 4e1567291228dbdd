#include "handshake_shares.hpp"

namespace bayeux::bus {

std::optional<Milliseconds> HandshakeShares::enter(const PeerNetwork& peer, Time now) {
  if (!limit_.limits()) return std::nullopt;
  sweep(now);
  auto line = lines_.find(peer);
  if (line == lines_.end()) {
    if (lines_.size() >= most) return std::nullopt;
    line = lines_.try_emplace(peer).first;
  }
  return line->second.enter(limit_, now);
}

// Two for each one that may be added, so that it gets round before their number has doubled.
void HandshakeShares::sweep(Time now) {
  for (int i = 0; i < 2 && !lines_.empty(); ++i) {
    if (swept_ == lines_.end()) swept_ = lines_.begin();
    if (swept_->second.is_idle(now)) {
      swept_ = lines_.erase(swept_);
    } else {
      ++swept_;
    }
  }
}

}  // namespace bayeux::bus
