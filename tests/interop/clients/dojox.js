// dojox.cometd behind the face that the suite knows. It is one object for a whole page, and speaks by events and by the
// messages that its extensions see.

/** @param dojo the global of dojo 1.7, with dojox.cometd loaded */
export function dojoxClient(dojo, dojox, { url, types = [] }) {
  const cometd = dojox.cometd;
  const heard = [];
  const listeners = new Map();
  const waiting = new Map();
  let sessions = 0;
  let connected;
  const ready = new Promise((done) => { connected = done; });

  if (types.length > 0) {
    cometd.connectionTypes.pairs = cometd.connectionTypes.pairs.filter(([name]) => types.includes(name));
  }
  const key = (message) => `${message.channel} ${message.id}`;

  // A step's key is known only when its message gets its id, which is when it is sent.
  const pending = [];
  cometd._extendOutList.push((message) => {
    const at = pending.findIndex(({ channel, subscription }) => channel === message.channel && subscription === message.subscription);
    if (at >= 0) waiting.set(key(message), pending.splice(at, 1)[0].done);
    return message;
  });
  cometd._extendInList.push((message) => {
    const done = waiting.get(key(message));
    if (done && message.successful !== undefined) {
      waiting.delete(key(message));
      done({ successful: message.successful, error: message.error, hasData: message.data !== undefined });
    }
    return message;
  });
  dojo.subscribe("/cometd/meta", (event) => {
    if (event.action === "connect" && event.successful) connected();
    if (event.action !== "handshake" || !event.successful) return;
    sessions += 1;
    for (const [channel, listener] of listeners) cometd.subscribe(channel, listener);
  });

  const sent = (channel, subscription, send) => new Promise((done) => {
    pending.push({ channel, subscription, done });
    send();
  });

  const client = {
    connect: () => {
      cometd.init(url);
      return ready;
    },
    subscribe: (channel) => sent("/meta/subscribe", channel, () => {
      const listener = (message) => heard.push({ channel: message.channel, data: message.data, by: channel });
      listeners.set(channel, listener);
      cometd.subscribe(channel, listener);
    }),
    unsubscribe: (channel) => sent("/meta/unsubscribe", channel, () => {
      cometd.unsubscribe(channel, listeners.get(channel));
      listeners.delete(channel);
    }),
    publish: (channel, data) => sent(channel, undefined, () => cometd.publish(channel, data)),
    batch: (steps) => {
      cometd.startBatch();
      const replies = steps.map(({ subscribe, publish, data }) => (subscribe ? client.subscribe(subscribe) : client.publish(publish, data)));
      cometd.endBatch();
      return Promise.all(replies);
    },
    call: (service, data) => new Promise((done) => {
      const topic = dojo.subscribe(`/cometd/service/${service}`, (message) => {
        dojo.unsubscribe(topic);
        done(message.data);
      });
      cometd.publish(`/service/${service}`, data);
    }),
    disconnect: async () => cometd.disconnect(),
    heard: async () => heard,
    sessions: async () => sessions,
    id: async () => cometd.clientId,
    // Its script tags never tell that they failed, so over those it would wait for the whole poll and ten seconds more.
    hurry: async () => { cometd.connectTimeout = 2000; },
    type: async () => cometd.currentTransport?._connectionType,
  };
  return client;
}
