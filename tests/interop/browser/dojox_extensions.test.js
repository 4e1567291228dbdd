import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { Pages } from "../support/pages.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";
import { Wire } from "../support/wire.js";

describe("the extensions of dojox.cometd 1.7 in Chromium", () => {
  let pages;
  let server;
  let wire;
  let peer;
  let client;
  let here;
  before(async () => {
    server = await Server.start();
    pages = await Pages.start();
  });
  after(async () => {
    await pages.stop();
    await server.stop();
  });

  beforeEach(async () => {
    wire = await Wire.to(server.port);
    peer = await Peer.join(server.url);
    here = channel();
    client = await pages.client("dojox", pages.home(wire.origin), { url: `${wire.origin}/bayeux`, types: ["long-polling"] });
    for (const name of ["ack", "timesync", "timestamp"]) {
      await client.page.addScriptTag({ url: `${pages.site.origin}/node_modules/dojox/cometd/${name}.js` });
    }
    await client.page.evaluate(() => {
      window.seen = [];
      window.dojox.cometd._extendInList.push((message) => { window.seen.push(JSON.parse(JSON.stringify(message))); return message; });
    });
    await within("connect", client.connect());
    await within("the reply", client.subscribe(here));
  });
  afterEach(async () => {
    await client.close();
    await wire.close();
  });

  const texts = async () => (await client.heard()).map(({ data }) => data.text);
  const hears = (text) => until(`it hears ${text}`, async () => (await texts()).includes(text));

  test("acknowledge, and know the time", async () => {
    for (const text of ["one", "two", "three"]) {
      await peer.publish(here, { text });
      await hears(text);
    }
    assert.deepEqual(await texts(), ["one", "two", "three"]);
    const seen = await client.page.evaluate(() => window.seen);
    assert.equal(seen.find(({ channel: name }) => name === "/meta/handshake").ext.ack, true);
    const numbers = seen.filter(({ channel: name }) => name === "/meta/connect").map(({ ext }) => ext.ack);
    assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
    // The page and the server share one clock.
    const offset = await client.page.evaluate(() => window.dojox.cometd.timesync.offset);
    assert.ok(Math.abs(offset) < 1000, `off by ${offset} ms`);
    assert.deepEqual(client.page.errors, []);
  });

  test("what was in a response that was lost comes again, once and in order", async () => {
    const expected = [];
    for (let round = 0; round < 3; round++) {
      const [sent, meanwhile, afterwards] = ["sent", "meanwhile", "afterwards"].map((text) => `${text} ${round}`);
      expected.push(sent, meanwhile, afterwards);
      const lost = wire.lose();
      await peer.publish(here, { text: sent });
      await within("the server sends", lost);
      await wire.cut();
      await peer.publish(here, { text: meanwhile });
      wire.mend();
      await hears(meanwhile);
      await peer.publish(here, { text: afterwards });
      await hears(afterwards);
      assert.deepEqual(await texts(), expected);
    }
    assert.equal(await client.sessions(), 1);
  });
});
