import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Peer } from "./peer.js";
import { Server } from "./server.js";
import { until, within } from "./until.js";
import { Wire } from "./wire.js";

let channels = 0;

/** A channel that no other test uses. */
export const channel = (name = "room") => `/${name}/${++channels}`;

const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
const ok = (reply) => assert.deepEqual(reply, { ...reply, successful: true }, JSON.stringify(reply));

/**
 * What every client must be able to do, whatever its library, its transport and where it runs.
 * @param open makes a client of the given URL; `close` in its answer is called at the end of the test
 * @param refused a channel that the library lets through and the server refuses, and the error code
 * @param notices whether it notices in time that a connection broke
 * @param resumes whether it finds its session again after that
 * @param endpoint the path of the server that it uses
 * @param type the connection type that is right for it, where it can tell
 */
export function clientSuite(name, open, { refused = ["/wild/*", 400], notices = true, resumes = notices, endpoint = "/bayeux", type } = {}) {
  describe(name, () => {
    let server;
    let peer;
    let shared;
    const join = async (origin = server.origin) => {
      const client = await open(origin + endpoint, origin);
      await within("connect", client.connect());
      return client;
    };
    const leave = async (client) => {
      await within("disconnect", client.disconnect()).catch(() => {});
      await client.close?.();
    };
    // One client lives through the tests, as in a page that stays open, and each sees only what it has heard since.
    const test_with = (sentence, body) => test(sentence, async () => {
      peer = await Peer.join(server.url);
      shared ??= await join();
      const client = shared;
      const old = (await client.heard()).length;
      try {
        await body({ ...client, heard: async () => (await client.heard()).slice(old) });
      } catch (error) {
        await drop();
        throw error;
      }
    });
    const drop = async () => {
      const client = shared;
      shared = undefined;
      if (client) await leave(client);
    };

    // A client that has to be told to be impatient obeys from its next connect on: the message makes it send one.
    const listen_and_hurry = async (client, here) => {
      await client.hurry?.();
      ok(await client.subscribe(here));
      await peer.publish(here, { text: "first" });
      await until("a message comes", async () => (await client.heard()).length > 0);
    };

    before(async () => { server = await Server.start(); });
    after(async () => {
      await drop();
      await server.stop();
    });

    test_with("hears what it subscribed to, and nothing else", async (client) => {
      const [here, there] = [channel(), channel()];
      ok(await client.subscribe(here));
      if (type) assert.equal(await client.type(), type);
      await peer.publish(there, { text: "not for it" });
      await peer.publish(here, { text: "é ü \u2028 😀", list: [1, 2.5, null, true], empty: {} });
      await until("a message comes", async () => (await client.heard()).length > 0);
      assert.deepEqual((await client.heard()).map(({ data }) => data), [{ text: "é ü \u2028 😀", list: [1, 2.5, null, true], empty: {} }]);
    });

    test_with("hears many messages in the order in which they were published", async (client) => {
      const here = channel();
      ok(await client.subscribe(here));
      const numbers = Array.from({ length: 200 }, (_, i) => `m${i}`);
      for (const text of numbers.slice(0, 20)) await peer.publish(here, { text });
      await peer.send(numbers.slice(20).map((text) => ({ channel: here, data: { text } })));
      await until("all come", async () => (await client.heard()).length >= 200);
      assert.deepEqual(await texts(client), numbers);
    });

    test_with("subscribes with wildcards", async (client) => {
      const root = channel("wild");
      ok(await client.subscribe(`${root}/*`));
      ok(await client.subscribe(`${root}/deep/**`));
      await peer.publish(`${root}`, { text: "above" });
      await peer.publish(`${root}/a`, { text: "one" });
      await peer.publish(`${root}/a/b`, { text: "too deep" });
      await peer.publish(`${root}/deep/x`, { text: "two" });
      await peer.publish(`${root}/deep/x/y/z`, { text: "three" });
      await until("the last comes", async () => (await texts(client)).includes("three"));
      assert.deepEqual(await texts(client), ["one", "two", "three"]);
    });

    test_with("publishes, and is told so", async (client) => {
      const here = channel();
      await peer.subscribe(here);
      const reply = await within("the acknowledgement", client.publish(here, { text: "from the client" }));
      ok(reply);
      assert.equal(reply.hasData, false);
      const heard = (await peer.collect()).filter((one) => one.channel === here);
      assert.deepEqual(heard, [{ channel: here, data: { text: "from the client" } }]);
    });

    test_with("sends a batch, which is answered one by one", async (client) => {
      const [here, there] = [channel(), channel()];
      await peer.subscribe(there);
      const replies = await within("the replies", client.batch([
        { subscribe: here },
        { publish: here, data: { text: "to itself" } },
        { publish: there, data: { text: "first" } },
        { publish: there, data: { text: "second" } },
      ]));
      replies.forEach(ok);
      await until("its own message comes", async () => (await texts(client)).includes("to itself"));
      assert.deepEqual((await peer.collect()).filter((one) => one.channel === there).map(({ data }) => data.text), ["first", "second"]);
    });

    test_with("gets one copy although several of its subscriptions match", async (client) => {
      const root = channel("copies");
      const patterns = [`${root}/a`, `${root}/*`, `${root}/**`];
      for (const pattern of patterns) ok(await client.subscribe(pattern));
      await peer.publish(`${root}/a`, { text: "once" });
      await peer.publish(`${root}/a`, { text: "the end" });
      const ends = async () => (await texts(client)).filter((text) => text === "the end").length;
      await until("all listeners are called", async () => (await ends()) >= 3);
      // One copy calls three listeners; three copies would call nine.
      const once = (await client.heard()).filter(({ data }) => data.text === "once").map(({ by }) => by);
      assert.deepEqual(once.sort(), patterns.sort());
    });

    test_with("calls a service, which answers it alone", async (client) => {
      const answer = await within("the answer", client.call("echo", { text: "are you there?", n: [1, 2] }));
      assert.deepEqual(answer, { text: "are you there?", n: [1, 2] });
      assert.ok(!(await peer.collect()).some((one) => one.data?.text === "are you there?"));
    });

    test_with("hears nothing more after it unsubscribed", async (client) => {
      const [here, still] = [channel(), channel()];
      ok(await client.subscribe(here));
      ok(await client.subscribe(still));
      await peer.publish(here, { text: "before" });
      await until("a message comes", async () => (await texts(client)).includes("before"));
      ok(await within("the reply", client.unsubscribe(here)));
      await peer.publish(here, { text: "after" });
      await peer.publish(still, { text: "the end" });
      await until("the other subscription goes on", async () => (await texts(client)).includes("the end"));
      assert.deepEqual(await texts(client), ["before", "the end"]);
    });

    test_with("is told what is wrong with a channel, and goes on", async (client) => {
      const [name, code] = refused;
      const reply = await within("the reply", client.publish(name, { text: "no" }));
      assert.equal(reply.successful, false);
      assert.match(String(reply.error), new RegExp(`^${code}\\b`));
      ok(await client.publish(channel(), { text: "yes" }));
    });

    for (const politely of notices ? [true, false] : []) {
      test_with(`finds the server again that was ${politely ? "restarted" : "killed and started"} on its port`, async (client) => {
        const here = channel();
        await listen_and_hurry(client, here);
        const sessions = await client.sessions();
        await server.restart({ politely });
        await until("it shakes hands again", async () => (await client.sessions()) > sessions);
        await peer.handshake();
        await until("it hears again", async () => {
          await peer.publish(here, { text: "back" });
          return (await texts(client)).includes("back");
        }, { every: 50 });
        assert.equal(await client.sessions(), sessions + 1);
        if (type) assert.equal(await client.type(), type);
        ok(await within("the acknowledgement", client.publish(here, { text: "works" })));
      });
    }

    test_with("ends its session when it disconnects", async (client) => {
      const ghost = new Peer(server.url);
      ghost.clientId = await client.id();
      await within("disconnect", client.disconnect());
      const reply = await until("the session is gone", async () => {
        const answer = await ghost.publish("/any", {});
        return !answer.successful && answer;
      });
      assert.match(reply.error, /^402:/);
      shared = undefined;
      await client.close?.();
    });

    if (resumes) test("misses nothing of what was published while its connections were cut", async () => {
      const wire = await Wire.to(server.port);
      peer = await Peer.join(server.url);
      const client = await join(wire.origin);
      try {
        const here = channel();
        await listen_and_hurry(client, here);
        const sessions = await client.sessions();
        await wire.cut();
        // The end of a connection may still wait behind what came before it; after two round trips it is known.
        for (let i = 0; i < 2; i++) await peer.publish(channel(), {});
        await peer.publish(here, { text: "meanwhile" });
        wire.mend();
        await until("the message comes", async () => (await texts(client)).includes("meanwhile"));
        await peer.publish(here, { text: "afterwards" });
        await until("the next one comes", async () => (await texts(client)).includes("afterwards"));
        assert.deepEqual(await texts(client), ["first", "meanwhile", "afterwards"]);
        assert.equal(await client.sessions(), sessions);
      } finally {
        await leave(client);
        await wire.close();
      }
    });
  });
}
