import assert from "node:assert/strict";

let peers = 0;

/** A message without the time that the server put on it. */
export function unstamped(message) {
  const { timestamp, ...rest } = message;
  return /^[-\d]+T[:\d]+\.\d+Z$/.test(timestamp) ? rest : message;
}

/** The least that can be a client: fetch, no cookies, numeric ids. What tests use for the other end. */
export class Peer {
  #id = 0;
  heard = [];
  clientId = undefined;

  constructor(url) {
    this.url = url;
    this.name = `peer${++peers}`;
  }

  static async join(url) {
    const peer = new Peer(url);
    await peer.handshake();
    return peer;
  }

  /** Sends messages in one request and returns the replies; what was published is kept in `heard`. */
  async send(messages, { signal, ...headers } = {}) {
    const complete = messages.map((message) => ({ id: this.#id++, clientId: this.clientId, ...message }));
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(complete),
      signal,
    });
    assert.equal(response.status, 200, await response.clone().text());
    const answer = await response.json();
    assert.ok(Array.isArray(answer));
    for (const one of answer) if (one.data !== undefined) this.heard.push(unstamped(one));
    const replies = answer.filter((one) => one.successful !== undefined);
    for (const { id } of complete) assert.ok(replies.some((one) => one.id === id), `a reply with the id ${id}`);
    return replies;
  }

  async ask(message, options) {
    const [reply] = await this.send([message], options);
    return reply;
  }

  async handshake() {
    this.clientId = undefined;
    const reply = await this.ask({ channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"] });
    assert.equal(reply.successful, true);
    this.clientId = reply.clientId;
    return reply;
  }

  connect(advice, options) {
    return this.ask({ channel: "/meta/connect", connectionType: "long-polling", advice }, options);
  }

  /** What has come since, without waiting for more. */
  async collect() {
    await this.connect({ timeout: 0 });
    return this.heard;
  }

  subscribe(subscription) { return this.ask({ channel: "/meta/subscribe", subscription }); }
  unsubscribe(subscription) { return this.ask({ channel: "/meta/unsubscribe", subscription }); }
  publish(channel, data) { return this.ask({ channel, data }); }
  disconnect() { return this.ask({ channel: "/meta/disconnect" }); }
}
