#pragma once

/// Forward declarations, for headers of a host that only name our types.
namespace bayeux {

class Bus;
class Carrier;
class Channel;
class ChannelId;
class Client;
class Clock;
class DataFilter;
class Extension;
class Frame;
class IdSource;
class Json;
class Link;
class Log;
class Payload;
class Registration;
class SecurityPolicy;
struct Config;
struct LinkOptions;
struct Message;

}  // namespace bayeux
