#pragma once

/// Forward declarations, for headers of a host that only name our types.
namespace bayeux {

class Batch;
class Bus;
class Call;
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
class ReceiverFilter;
class Registration;
class SecurityPolicy;
class Snapshot;
class User;
struct Attempt;
struct Config;
struct LinkOptions;
struct Message;
struct Request;
struct Stats;

}  // namespace bayeux
