import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Pages } from "../support/pages.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel, clientSuite } from "../support/suite.js";
import { until, within } from "../support/until.js";
import { Wire } from "../support/wire.js";

// Faye is the client that knows EventSource; it takes it where it cannot have WebSocket.
const disabled = ["websocket"];

describe("Faye with EventSource in Chromium", () => {
  let pages;
  before(async () => { pages = await Pages.start(); });
  after(() => pages.stop());

  const open = (url, origin) => pages.client("faye", pages.home(origin), { url, disabled });

  clientSuite("eventsource", open);

  describe("a stream", () => {
    let server;
    let wire;
    let client;
    let peer;
    before(async () => { server = await Server.start(); });
    after(() => server.stop());

    /** Begins over a wire that can be cut, and waits until the client has chosen the stream and says so. */
    const begin = async () => {
      wire = await Wire.to(server.port);
      peer = await Peer.join(server.url);
      client = await open(`${wire.origin}/bayeux`, wire.origin);
      await client.page.evaluate(() => {
        window.connects = [];
        window.client.library.addExtension({
          outgoing(message, next) {
            if (message.channel === "/meta/connect") window.connects.push(message.connectionType);
            next(message);
          },
        });
      });
      const here = channel();
      await within("connect", client.connect());
      await client.subscribe(here);
      // A connect that was held since before the stream was open ends with the first message.
      await peer.publish(here, { text: "first" });
      await until("it hears the stream", () => client.page.evaluate(() => window.connects.includes("eventsource")));
      await until("the first message comes", async () => (await texts()).length > 0);
      return here;
    };
    const end = async () => {
      await within("disconnect", client.disconnect()).catch(() => {});
      await client.close();
      await wire.close();
    };
    const texts = async () => (await client.heard()).map(({ data }) => data.text);
    const heartbeats = () => client.page.evaluate(() => window.connects.length);

    test("carries messages without a connect for each", async () => {
      const here = await begin();
      try {
        await until("the heartbeat was answered", async () => (await heartbeats()) > 0);
        const connects = await heartbeats();
        for (let i = 0; i < 20; i++) {
          await peer.publish(here, { text: `m${i}` });
          await until("it comes", async () => (await texts()).includes(`m${i}`));
        }
        assert.ok((await heartbeats()) <= connects + 1, "no connect for each message");
        assert.deepEqual(await texts(), ["first", ...Array.from({ length: 20 }, (_, i) => `m${i}`)]);
      } finally {
        await end();
      }
    });

    test("is opened again after a cut, and nothing of what was published meanwhile is missing", async () => {
      const here = await begin();
      try {
        const sessions = await client.sessions();
        const expected = ["first"];
        for (let round = 0; round < 3; round++) {
          await wire.cut();
          for (let i = 0; i < 2; i++) await peer.publish(channel(), {});
          await peer.publish(here, { text: `meanwhile ${round}` });
          wire.mend();
          await until("the message comes", async () => (await texts()).includes(`meanwhile ${round}`));
          await peer.publish(here, { text: `afterwards ${round}` });
          await until("the next comes", async () => (await texts()).includes(`afterwards ${round}`));
          expected.push(`meanwhile ${round}`, `afterwards ${round}`);
        }
        assert.deepEqual(await texts(), expected);
        assert.equal(await client.sessions(), sessions);
      } finally {
        await end();
      }
    });

    test("says at once that the session is gone, and the client shakes hands again", async () => {
      const here = await begin();
      try {
        const sessions = await client.sessions();
        await server.restart({ politely: false });
        await peer.handshake();
        await until("it shakes hands again", async () => (await client.sessions()) > sessions);
        await until("it hears again", async () => {
          await peer.publish(here, { text: "back" });
          return (await texts()).includes("back");
        }, { every: 50 });
        assert.equal(await client.sessions(), sessions + 1);
      } finally {
        await end();
      }
    });
  });
});
