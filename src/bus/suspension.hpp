#pragma once

#include "pipeline.hpp"

namespace bayeux::bus {

/// Works on a message behind the extensions; anew for one that was put aside.
void dispatch(Step& step);

/// Puts a message aside until its verdict has come. The transport is woken then, and `resume` goes on.
void suspend(Step step);

}  // namespace bayeux::bus
