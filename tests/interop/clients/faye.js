// A Faye client, or one that is made of it, behind the face that the suite knows. Runs in Node and in pages.

/** @param faye a new Faye.Client */
export function fayeClient(faye, { disabled = [], leave = () => faye.disconnect() } = {}) {
  const heard = [];
  const subscriptions = new Map();
  const errors = new Map();
  let sessions = 0;
  let id;
  let connected;
  const ready = new Promise((done) => { connected = done; });

  for (const feature of disabled) faye.disable(feature);
  faye.addExtension({
    incoming(message, next) {
      if (message.channel === "/meta/handshake" && message.successful) {
        sessions += 1;
        id = message.clientId;
      }
      if (message.channel === "/meta/connect" && message.successful) connected();
      if (message.successful === false) errors.set(message.channel, message.error);
      next(message);
    },
  });

  const settled = (promise, channel) => promise.then(
    () => ({ successful: true, hasData: false }),
    () => ({ successful: false, error: errors.get(channel), hasData: false }));

  const client = {
    connect: () => {
      faye.connect(() => {});
      return ready;
    },
    subscribe: (channel) => {
      const listener = (data) => heard.push({ data, by: channel });
      const made = faye.subscribe(channel, listener);
      subscriptions.set(channel, () => faye.unsubscribe(channel, made));
      return settled(made, "/meta/subscribe");
    },
    // Faye tells nobody when an unsubscribe was answered: it shows in what comes in.
    unsubscribe: (channel) => new Promise((done) => {
      const extension = {
        incoming(message, next) {
          if (message.channel === "/meta/unsubscribe" && message.subscription === channel) {
            faye.removeExtension(extension);
            done({ successful: message.successful, error: message.error });
          }
          next(message);
        },
      };
      faye.addExtension(extension);
      subscriptions.get(channel)();
    }),
    publish: (channel, data) => settled(faye.publish(channel, data), channel),
    // Faye has no call for it: what is sent in one turn goes out together.
    batch: (steps) => Promise.all(steps.map(({ subscribe, publish, data }) =>
      (subscribe ? client.subscribe(subscribe) : client.publish(publish, data)))),
    call: async (service, data) => {
      const channel = `/service/${service}`;
      const answer = new Promise((done) => {
        const extension = {
          incoming(message, next) {
            if (message.channel === channel && message.data !== undefined) {
              faye.removeExtension(extension);
              done(message.data);
            }
            next(message);
          },
        };
        faye.addExtension(extension);
      });
      await faye.publish(channel, data);
      return answer;
    },
    disconnect: async () => { await leave(); },
    heard: async () => heard,
    sessions: async () => sessions,
    id: async () => id,
    type: async () => faye._dispatcher.connectionType,
    library: faye,
  };
  return client;
}
