import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { AckExtension, BinaryExtension, CometD, TimeStampExtension, TimeSyncExtension } from "cometd";
import { adapt } from "cometd-nodejs-client";

import { cometdClient } from "../clients/cometd.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";
import { Wire } from "../support/wire.js";

adapt();

for (const type of ["long-polling", "websocket"]) describe(`over ${type}`, () => {
  let server;
  let peer;
  let opened = [];
  before(async () => { server = await Server.start(); });
  beforeEach(async () => { peer = await Peer.join(server.url); });
  afterEach(async () => {
    for (const client of opened.splice(0)) await within("disconnect", client.disconnect());
  });
  after(() => server.stop());

  /** A connected cometd.js with these extensions, by name. */
  async function join(extensions, origin = server.origin) {
    const cometd = new CometD();
    for (const [name, extension] of Object.entries(extensions)) cometd.registerExtension(name, extension);
    const client = cometdClient(cometd, { url: `${origin}/bayeux`, types: [type] });
    client.seen = [];
    cometd.registerExtension("witness", { incoming: (message) => { client.seen.push(structuredClone(message)); return message; } });
    await within("connect", client.connect());
    opened.push(client);
    return client;
  }

  const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
  const hears = (client, text) => until(`it hears ${text}`, async () => (await texts(client)).includes(text));

  describe("the ack extension of cometd.js", () => {
    let wire;
    beforeEach(async () => { wire = await Wire.to(server.port); });
    afterEach(() => wire.close());
    const acknowledging = () => join({ ack: new AckExtension() }, wire.origin);

    test("is promised that it will be served, and its batches are numbered", async () => {
      const client = await acknowledging();
      assert.equal(client.seen.find(({ channel: name }) => name === "/meta/handshake").ext.ack, true);
      const here = channel();
      await within("the reply", client.subscribe(here));
      for (const text of ["one", "two", "three"]) {
        await peer.publish(here, { text });
        await hears(client, text);
      }
      const numbers = client.seen.filter(({ channel: name }) => name === "/meta/connect").map(({ ext }) => ext.ack);
      assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
      assert.ok(numbers.length > 2);
      assert.deepEqual(await texts(client), ["one", "two", "three"]);
    });

    for (const [how, share] of [["lost", 0], ["cut in its middle", 0.5], ["cut shortly before its end", 0.99]]) {
      test(`what was in a response that was ${how} comes again, once and in order`, async () => {
        const client = await acknowledging();
        const here = channel();
        await within("the reply", client.subscribe(here));
        await peer.publish(here, { text: "first" });
        await hears(client, "first");
        const expected = ["first"];
        for (let round = 0; round < 5; round++) {
          const [sent, meanwhile, afterwards] = ["sent", "meanwhile", "afterwards"].map((text) => `${text} ${round}`);
          expected.push(sent, meanwhile, afterwards);
          const lost = wire.lose(share);
          await peer.publish(here, { text: sent });
          await within("the server sends", lost);
          await wire.cut();
          await peer.publish(here, { text: meanwhile });
          wire.mend();
          await hears(client, meanwhile);
          await peer.publish(here, { text: afterwards });
          await hears(client, afterwards);
          assert.deepEqual(await texts(client), expected);
        }
        assert.equal(await client.sessions(), 1);
      });
    }

    test("nothing is lost or doubled while connections are cut all the time", async () => {
      const client = await acknowledging();
      const here = channel();
      await within("the reply", client.subscribe(here));
      const numbers = Array.from({ length: 120 }, (_, i) => `m${i}`);
      for (const [i, text] of numbers.entries()) {
        await peer.publish(here, { text });
        if (i % 8 === 4) wire.lose(i / numbers.length);
        if (i % 8 !== 7) continue;
        await wire.cut();
        wire.mend();
      }
      await hears(client, numbers.at(-1));
      assert.deepEqual(await texts(client), numbers);
      assert.equal(await client.sessions(), 1);
    });

    test("calls services, publishes and hears itself as without", async () => {
      const client = await acknowledging();
      const here = channel();
      await within("the reply", client.subscribe(here));
      assert.deepEqual(await within("the answer", client.call("echo", { n: 1 })), { n: 1 });
      assert.equal((await within("the reply", client.publish(here, { text: "mine" }))).successful, true);
      await hears(client, "mine");
    });

    test("a server that is started anew is found with a session that counts from the beginning", async () => {
      const client = await acknowledging();
      const here = channel();
      await within("the reply", client.subscribe(here));
      await peer.publish(here, { text: "before" });
      await hears(client, "before");
      await server.restart({ politely: false });
      await until("it shakes hands again", async () => (await client.sessions()) === 2);
      await peer.handshake();
      await until("it hears again", async () => {
        await peer.publish(here, { text: "after" });
        return (await texts(client)).includes("after");
      });
      const last = client.seen.findLastIndex(({ channel: name }) => name === "/meta/handshake");
      assert.equal(client.seen.slice(last).find(({ channel: name }) => name === "/meta/connect").ext.ack, 1);
    });
  });

  describe("the timesync extension of cometd.js", () => {
    const Real = Date;

    /** Lets the clock of this process, and with it that of the client, be wrong by so many milliseconds. */
    function skew(by) {
      globalThis.Date = class extends Real {
        constructor(...values) {
          if (values.length > 0) super(...values);
          else super(Real.now() + by);
        }
        static now() { return Real.now() + by; }
      };
    }
    afterEach(() => { globalThis.Date = Real; });

    for (const by of [0, 3_600_000, -86_400_000, 1234]) {
      test(`finds the time of the server within 5 ms with a clock that is wrong by ${by} ms`, async () => {
        skew(by);
        const sync = new TimeSyncExtension();
        const client = await join({ timesync: sync });
        const error = () => Math.abs(sync.getTimeOffset() + by);
        // The first messages open connections and warm up; each one more that is off by too much is answered.
        await until("it knows the time", async () => {
          await client.subscribe(channel());
          return error() <= 5;
        });
        assert.ok(Math.abs(sync.getServerTime() - Real.now()) <= 5 + 2);
      });
    }

    // Over WebSocket events do not end it.
    if (type !== "websocket") test("is told for how long a connect was held", async () => {
      const sync = new TimeSyncExtension();
      const client = await join({ timesync: sync });
      const here = channel();
      await within("the reply", client.subscribe(here));
      // From now on the client is wrong, and each of its connects is answered with the time.
      skew(60_000);
      await peer.publish(here, { text: "one" });
      await hears(client, "one");
      await new Promise((done) => setTimeout(done, 200));
      await peer.publish(here, { text: "two" });
      await hears(client, "two");
      await until("a reply says so", async () => client.seen.some(({ ext }) => ext?.timesync?.p >= 150));
      await until("it knows the time", async () => {
        await client.subscribe(channel());
        return Math.abs(sync.getTimeOffset() + 60_000) <= 5;
      });
    });
  });

  describe("the timestamp extension of cometd.js", () => {
    test("is answered with times that every client can read", async () => {
      const client = await join({ timestamp: new TimeStampExtension() });
      const here = channel();
      await within("the reply", client.subscribe(here));
      await peer.publish(here, { text: "stamped" });
      await hears(client, "stamped");
      for (const message of client.seen) {
        assert.match(message.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.ok(Math.abs(Date.parse(message.timestamp) - Date.now()) < 60_000);
      }
      assert.ok(client.seen.some(({ channel: name }) => name === here));
    });
  });

  describe("the binary extension of cometd.js", () => {
    const all = (length) => Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256);
    const send = (client, where, ...values) => within("the reply",
      new Promise((done) => client.library.publishBinary(where, ...values, done)));

    test("bytes of any length reach another client", async () => {
      const [from, to] = [await join({ binary: new BinaryExtension() }), await join({ binary: new BinaryExtension() })];
      const here = channel();
      await within("the reply", to.subscribe(here));
      const lengths = [0, 1, 2, 3, 4, 5, 255, 256, 1021, 6000];
      for (const length of lengths) {
        const reply = await send(from, here, all(length), length === 6000, { length });
        assert.equal(reply.successful, true, reply.error);
      }
      await until("all come", async () => (await to.heard()).length === lengths.length);
      for (const [i, { data }] of (await to.heard()).entries()) {
        assert.deepEqual(new Uint8Array(data.data), all(lengths[i]));
        assert.equal(data.last, lengths[i] === 6000);
        assert.deepEqual(data.meta, { length: lengths[i] });
      }
    });

    test("bytes are the data of a remote call and of its answer", async () => {
      const client = await join({ binary: new BinaryExtension() });
      const call = new Promise((done) => client.library.remoteCallBinary("echo", all(99), done));
      const answer = await within("the answer", call);
      assert.deepEqual(new Uint8Array(answer.data.data), all(99));
    });

    test("a client without it sees text, which it can send as well", async () => {
      const [from, to] = [await join({ binary: new BinaryExtension() }), await join({})];
      const here = channel();
      await within("the reply", to.subscribe(here));
      await send(from, here, Uint8Array.of(0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B));
      await until("it comes", async () => (await to.heard()).length === 1);
      assert.deepEqual((await to.heard())[0].data, { data: "HelloWorld", last: true });
    });

    test("what is not bytes is refused, and its sender goes on", async () => {
      const client = await join({});
      for (const values of [["Hello World"], ["H"], ["#####"], [5], [null], ["HelloWorld", "no"], ["HelloWorld", true, "a.png"]]) {
        const reply = await send(client, channel(), ...values);
        assert.equal(reply.successful, false);
        assert.equal(reply.error, "400::binary_invalid");
      }
      assert.equal((await send(client, channel(), "HelloWorld")).successful, true);
    });
  });

  test("all extensions of cometd.js work at once", async () => {
    const client = await join({
      ack: new AckExtension(), timesync: new TimeSyncExtension(), timestamp: new TimeStampExtension(), binary: new BinaryExtension(),
    });
    const here = channel();
    await within("the reply", client.subscribe(here));
    for (const text of ["one", "two"]) {
      await peer.publish(here, { text });
      await hears(client, text);
    }
    assert.deepEqual(await within("the answer", client.call("echo", [1])), [1]);
    assert.deepEqual(await texts(client), ["one", "two"]);
  });
});
