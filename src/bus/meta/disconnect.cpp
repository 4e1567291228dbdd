#include "bus/errors.hpp"
#include "bus/pipeline.hpp"

namespace bayeux::bus {

void disconnect(Step& step) {
  if (!step.core.router.remove(step.from.id(), Removal::disconnect, {}, step.link.outlet)) {
    return refuse(step, errors::session_unknown);
  }
  step.link.batching = step.link.carries_events = false;
  step.reply.successful = true;
  answer(step);
}

}  // namespace bayeux::bus
