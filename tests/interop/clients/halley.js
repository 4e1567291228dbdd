// Halley (Gitter's client) behind the face that the suite knows.

/** @param halley a new Halley.Client */
export function halleyClient(halley) {
  const heard = [];
  const subscriptions = new Map();
  const answers = new Map();
  let sessions = 0;
  let id;

  halley.addExtension({
    incoming(message, next) {
      if (message.channel === "/meta/handshake" && message.successful) {
        sessions += 1;
        id = message.clientId;
      }
      if (message.data !== undefined) answers.get(message.channel)?.(message.data);
      next(message);
    },
  });

  const settled = (promise) => promise.then(
    () => ({ successful: true, hasData: false }),
    (error) => ({ successful: false, error: `${error.code}::${error.message}`, hasData: false }));

  const client = {
    connect: () => Promise.resolve(halley.connect()),
    subscribe: (channel) => settled(halley.subscribe(channel, (data) => heard.push({ data, by: channel }))
      .then((made) => subscriptions.set(channel, made))),
    unsubscribe: (channel) => settled(subscriptions.get(channel).unsubscribe()),
    publish: (channel, data) => settled(halley.publish(channel, data)),
    // Halley has no batches, and drops what comes in before it has thought about the reply to its subscribe.
    batch: async (steps) => {
      const replies = [];
      for (const { subscribe } of steps) if (subscribe) replies.push(await client.subscribe(subscribe));
      return replies.concat(await Promise.all(steps.filter(({ publish }) => publish).map(({ publish, data }) => client.publish(publish, data))));
    },
    call: (service, data) => new Promise((done) => {
      answers.set(`/service/${service}`, done);
      halley.publish(`/service/${service}`, data);
    }),
    disconnect: () => Promise.resolve(halley.disconnect()),
    heard: async () => heard,
    sessions: async () => sessions,
    id: async () => id,
    type: async () => halley._dispatcher._pool.current()?.connectionType,
    library: halley,
  };
  return client;
}
