#pragma once

/// The whole library; a transport is included beside it.
#include <bayeux/bus.hpp>
#include <bayeux/channel.hpp>
#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>
#include <bayeux/data_filter.hpp>
#include <bayeux/error.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/id_source.hpp>
#include <bayeux/json.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/log.hpp>
#include <bayeux/message.hpp>
#include <bayeux/payload.hpp>
#include <bayeux/security_policy.hpp>
#include <bayeux/transport.hpp>
