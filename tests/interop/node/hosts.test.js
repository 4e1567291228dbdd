import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import { CometD } from "cometd";
import { adapt } from "cometd-nodejs-client";

import { cometdClient } from "../clients/cometd.js";
import { hosts } from "../support/hosts.js";
import { Server } from "../support/server.js";
import { until, within } from "../support/until.js";

adapt();

/** In Node, cometd.js sends its requests in chunks, as it does in no browser; not every server takes those. */
class WholeRequest extends window.XMLHttpRequest {
  send(text) {
    if (text) this.setRequestHeader("Content-Length", Buffer.byteLength(text));
    super.send(text);
  }
}

const name = process.env.BAYEUX_HOST;
const host = hosts[name];
assert.ok(host, "set BAYEUX_HOST to the example that has an HTTP stack of its own");

if (!host.chunks) window.XMLHttpRequest = WholeRequest;

describe(`the chat inside ${name}`, () => {
  let server;
  let opened = [];
  before(async () => { server = await Server.start(name, []); });
  afterEach(async () => {
    const clients = opened;
    opened = [];
    for (const client of clients) await within("disconnect", client.disconnect());
  });
  after(() => server.stop());

  const open = async (types) => {
    const client = cometdClient(new CometD(), { url: server.url, types });
    opened.push(client);
    await within("connect", client.connect());
    return client;
  };
  const sit = async (client, who, room) => {
    const seat = { room, name: who, token: `${who}-in-another-stack` };
    const { error, members } = await within("the answer", client.call("chat/join", seat));
    assert.equal(error, undefined);
    assert.ok(members.includes(who));
  };
  const join = async (types, who, room) => {
    const client = await open(types);
    assert.equal((await client.subscribe(`/chat/${room}`)).successful, true);
    await sit(client, who, room);
    return client;
  };
  const hears = (client, said) => until(`it hears ${said}`, async () => (await client.heard()).some(({ data }) => data.text === said));

  for (const type of host.websocket ? ["websocket", "long-polling"] : ["long-polling"]) {
    test(`two people talk by ${type}, and go on when the program is started again`, async () => {
      const [ann, bob] = [await join([type], "Ann", type), await join([type], "Bob", type)];
      for (const [from, to, said] of [[ann, bob, "Hello Bob"], [bob, ann, "Hello Ann"]]) {
        assert.equal((await within("the reply", from.publish(`/chat/${type}`, { text: said }))).successful, true);
        await hears(to, said);
      }
      assert.deepEqual([await ann.type(), await bob.type()], [type, type]);

      // It is stopped while both wait, and has to end well.
      await server.restart();
      for (const [client, who] of [[ann, "Ann"], [bob, "Bob"]]) {
        await until("it shakes hands again", async () => (await client.sessions()) === 2);
        await sit(client, who, type);
      }
      assert.equal((await within("the reply", ann.publish(`/chat/${type}`, { text: "Still here?" }))).successful, true);
      await hears(bob, "Still here?");
    });
  }

  test("a client that may choose finds the best that there is", async () => {
    const client = await open([]);
    assert.equal(await client.type(), host.websocket ? "websocket" : "long-polling");
  });

  test("the page and a route of the program are there next to it, also while somebody waits", async () => {
    await open(["long-polling"]);
    const page = await fetch(`${server.origin}/`);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(await page.text(), /chat\.js/);
    const response = await fetch(server.origin + host.route);
    assert.equal(response.status, 200);
    assert.match(await response.text(), host.says);
    assert.equal((await fetch(`${server.origin}/no/such/thing`)).status, 404);
  });

  if (host.publish) test("what the program itself publishes is heard", async () => {
    const client = await open(["long-polling"]);
    assert.equal((await client.subscribe(host.channel)).successful, true);
    await host.publish(server.origin);
    await until("it comes", async () => (await client.heard()).some(({ data }) => host.published(data)));
  });
});
