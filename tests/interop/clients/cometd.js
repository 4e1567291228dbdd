// A cometd.js client behind the face that the suite knows. Runs in Node and in pages.

/**
 * @param cometd a new CometD of any version
 * @param types the connection types it may use; all that it has when empty
 * @param channels what it subscribes to from the beginning
 * @param settings what else it is to be configured with
 */
export function cometdClient(cometd, { url, types = [], channels = [], ...settings } = {}) {
  const heard = [];
  const wanted = new Map(channels.map((channel) => [channel, undefined]));
  let sessions = 0;
  let crowded = false;

  cometd.configure({ url, logLevel: "error", backoffIncrement: 100, maxBackoff: 500, ...settings });
  for (const type of cometd.getTransportTypes()) {
    if (types.length > 0 && !types.includes(type)) cometd.unregisterTransport(type);
  }

  const listen = (channel, replied) => cometd.subscribe(channel, ({ channel: name, data }) => heard.push({ channel: name, data, by: channel }), replied);

  // A new session has no subscriptions: making them again is the application's duty.
  cometd.addListener("/meta/handshake", (reply) => {
    if (!reply.successful) return;
    sessions += 1;
    cometd.batch(() => {
      for (const channel of wanted.keys()) wanted.set(channel, listen(channel));
    });
  });

  cometd.addListener("/meta/connect", ({ advice }) => {
    if (advice) crowded = advice["multiple-clients"] === true;
  });

  const reply = ({ successful, error, data }) => ({ successful, error, hasData: data !== undefined });

  const client = {
    connect: () => new Promise((done) => {
      const listener = cometd.addListener("/meta/connect", (answer) => {
        if (!answer.successful) return;
        cometd.removeListener(listener);
        done();
      });
      cometd.handshake();
    }),
    subscribe: (channel) => new Promise((done) => wanted.set(channel, listen(channel, (answer) => done(reply(answer))))),
    unsubscribe: (channel) => new Promise((done) => {
      cometd.unsubscribe(wanted.get(channel), (answer) => done(reply(answer)));
      wanted.delete(channel);
    }),
    publish: (channel, data) => new Promise((done) => cometd.publish(channel, data, (answer) => done(reply(answer)))),
    batch: (steps) => {
      let replies;
      cometd.batch(() => {
        replies = steps.map(({ subscribe, publish, data }) => (subscribe ? client.subscribe(subscribe) : client.publish(publish, data)));
      });
      return Promise.all(replies);
    },
    call: (service, data) => new Promise((done) => cometd.remoteCall(service, data, (answer) => done(answer.data))),
    disconnect: () => new Promise((done) => cometd.disconnect(done)),
    heard: async () => heard,
    sessions: async () => sessions,
    id: async () => cometd.getClientId(),
    type: async () => cometd.getTransport()?.type ?? cometd.getTransport()?.getType(),
    /** Whether it was told that too many windows of its browser are open. */
    crowded: async () => crowded,
    library: cometd,
  };
  return client;
}
