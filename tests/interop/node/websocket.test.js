import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { AckExtension, CometD } from "cometd";
import { adapt } from "cometd-nodejs-client";
import WebSocket from "ws";

import { cometdClient } from "../clients/cometd.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";
import { Wire } from "../support/wire.js";

adapt();

let server;
let wire;
let peer;
let opened;
before(async () => { server = await Server.start(); });
after(() => server.stop());
beforeEach(async () => {
  wire = await Wire.to(server.port);
  peer = await Peer.join(server.url);
  opened = [];
});
afterEach(async () => {
  for (const client of opened) await within("disconnect", client.disconnect());
  await wire.close();
});

/** A connected cometd.js behind the wire, and a channel that it has subscribed to. */
async function join({ extensions = {}, ...settings } = {}) {
  const cometd = new CometD();
  for (const [name, extension] of Object.entries(extensions)) cometd.registerExtension(name, extension);
  const client = cometdClient(cometd, { url: `${wire.origin}/bayeux`, ...settings });
  await within("connect", client.connect());
  opened.push(client);
  const here = channel();
  await within("the reply", client.subscribe(here));
  return [client, here];
}

const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
const hears = (client, text) => until(`it hears ${text}`, async () => (await texts(client)).includes(text));

describe("a WebSocket that is cut", () => {
  test("between a message and its receipt: the session goes on with what waits and what comes later", async () => {
    const [client, here] = await join();
    const id = await client.id();
    const expected = [];
    for (let round = 0; round < 4; round++) {
      const lost = wire.lose();
      await peer.publish(here, { text: `sent ${round}` });
      await within("the server sends", lost);
      await wire.cut();
      // The end of a connection may still wait behind what came before it; after two round trips it is known.
      for (let i = 0; i < 2; i++) await peer.publish(channel(), {});
      await peer.publish(here, { text: `waits ${round}` });
      wire.mend();
      await hears(client, `waits ${round}`);
      await peer.publish(here, { text: `later ${round}` });
      await hears(client, `later ${round}`);
      expected.push(`waits ${round}`, `later ${round}`);
      assert.deepEqual(await texts(client), expected);
    }
    assert.deepEqual([await client.sessions(), await client.id(), await client.type()], [1, id, "websocket"]);
    assert.ok(wire.upgrades > 4);
  });

  test("at any time: with the ack extension nothing is lost, and nothing comes twice", async () => {
    const [client, here] = await join({ extensions: { ack: new AckExtension() }, backoffIncrement: 20 });
    // The same on each run, as far as there is such a thing between processes.
    let state = 20261121;
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const numbers = Array.from({ length: 200 }, (_, i) => `m${i}`);
    let cuts = 0;
    for (const text of numbers) {
      if (chance() < 0.2) wire.lose(chance());
      await peer.publish(here, { text });
      if (chance() > 0.12) continue;
      cuts += 1;
      await wire.cut();
      const sockets = wire.upgrades;
      wire.mend();
      await until("it opens another one", () => wire.upgrades > sockets);
      if (chance() < 0.5) await until("it is heard from", async () => (await client.heard()).length > 0);
    }
    await wire.cut();
    wire.mend();
    await hears(client, numbers.at(-1));
    assert.deepEqual(await texts(client), numbers);
    assert.deepEqual([await client.sessions(), await client.type()], [1, "websocket"]);
    assert.ok(cuts > 15, `${cuts} cuts`);
  });
});

test("a WebSocket on which nothing arrives any more is given up for another one, and nothing is lost", async () => {
  const [client, here] = await join({ extensions: { ack: new AckExtension() }, maxNetworkDelay: 1000 });
  await peer.publish(here, { text: "before" });
  await hears(client, "before");
  wire.swallow();
  await peer.publish(here, { text: "into the hole" });
  // What nobody answers tells the client.
  const reply = await within("the failure", client.publish(channel(), { text: "out of the hole" }));
  assert.equal(reply.successful, false);
  await hears(client, "into the hole");
  await peer.publish(here, { text: "after" });
  await hears(client, "after");
  assert.deepEqual(await texts(client), ["before", "into the hole", "after"]);
  assert.deepEqual([await client.sessions(), await client.type()], [1, "websocket"]);
  assert.ok(wire.upgrades > 1);
});

for (const how of ["status", "cut", "strip"]) {
  test(`a client whose WebSocket does not come through (${how}) uses long-polling`, async () => {
    wire.refuse(how);
    const [client, here] = await join();
    assert.equal(await client.type(), "long-polling");
    await peer.publish(here, { text: "polled" });
    await hears(client, "polled");
    assert.deepEqual(await within("the answer", client.call("echo", { n: 1 })), { n: 1 });
  });
}

describe("what only a WebSocket of one's own shows", () => {
  const connect = async (options = {}, protocols = []) => {
    const socket = new WebSocket(server.url.replace("http", "ws"), protocols, options);
    socket.heard = [];
    socket.on("message", (data, binary) => socket.heard.push(binary ? data : data.toString()));
    await within("it opens", once(socket, "open"));
    return socket;
  };
  const ask = async (socket, message) => {
    const before = socket.heard.length;
    socket.send(JSON.stringify([message]));
    await until("it answers", () => socket.heard.length > before);
    return JSON.parse(socket.heard[before])[0];
  };
  const end = async (socket) => {
    socket.close(1000);
    const [code] = await within("it closes", once(socket, "close"));
    return code;
  };
  const hello = { channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["websocket"], id: "1" };

  test("permessage-deflate is agreed when it is offered, and a long message comes through it", async () => {
    for (const [offered, agreed] of [[true, "permessage-deflate"], [false, ""]]) {
      const socket = await connect({ perMessageDeflate: offered });
      assert.equal(socket.extensions, agreed);
      const { clientId } = await ask(socket, hello);
      const here = channel();
      assert.equal((await ask(socket, { channel: "/meta/subscribe", subscription: here, clientId, id: "2" })).successful, true);
      const text = "long ".repeat(5000);
      await peer.publish(here, { text });
      await until("it comes", () => socket.heard.some((one) => one.includes(text)));
      assert.equal(await end(socket), 1000);
    }
  });

  test("the first subprotocol that is offered is selected", async () => {
    const socket = await connect({}, ["bayeux.v1", "other"]);
    assert.equal(socket.protocol, "bayeux.v1");
    await end(socket);
  });

  test("[] is answered by [], a binary message and one that is too long by a close", async () => {
    const socket = await connect();
    socket.send("[]");
    await until("it answers", () => socket.heard.length === 1);
    assert.deepEqual(socket.heard, ["[]"]);
    for (const [what, code] of [[Buffer.from("[]"), 1003], [`["${"x".repeat(300_000)}"]`, 1009]]) {
      const other = await connect();
      other.send(what);
      const [said] = await within("it closes", once(other, "close"));
      assert.equal(said, code);
    }
    await end(socket);
  });

  test("a session goes on where its client goes: on another socket, with long-polling, and back", async () => {
    const first = await connect();
    const { clientId } = await ask(first, hello);
    const here = channel();
    await ask(first, { channel: "/meta/subscribe", subscription: here, clientId, id: "2" });
    await peer.publish(here, { text: "pushed without a connect" });
    await until("it comes", () => first.heard.some((one) => one.includes("pushed without a connect")));
    first.terminate();

    const resumed = await connect();
    await peer.publish(here, { text: "on another socket" });
    const again = { channel: "/meta/connect", connectionType: "websocket", clientId, advice: { timeout: 0 } };
    resumed.send(JSON.stringify([{ ...again, id: "3" }]));
    await until("it comes", () => resumed.heard.some((one) => one.includes("on another socket")));

    const polling = new Peer(server.url);
    polling.clientId = clientId;
    await polling.connect({ timeout: 0 });
    await peer.publish(here, { text: "polled" });
    await until("it comes", async () => (await polling.collect()).some(({ data }) => data.text === "polled"));
    assert.ok(!resumed.heard.some((one) => one.includes("polled")));

    resumed.send(JSON.stringify([{ ...again, id: "4" }]));
    await until("it answers", () => resumed.heard.some((one) => one.includes('"id":"4"')));
    await peer.publish(here, { text: "and back" });
    await until("it comes", () => resumed.heard.some((one) => one.includes("and back")));
    await end(resumed);
  });
});
