import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { remote } from "../support/browser.js";
import { Pages } from "../support/pages.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";

describe("windows of one browser", () => {
  let pages;
  let server;
  let peer;
  before(async () => {
    server = await Server.start();
    pages = await Pages.start();
  });
  beforeEach(async () => { peer = await Peer.join(server.url); });
  after(async () => {
    await pages.stop();
    await server.stop();
  });

  const types = ["long-polling"];
  const open = async (context, options = {}) => {
    const client = await pages.join(context, "cometd", pages.home(server.origin), { url: server.url, types, ...options });
    await within("connect", client.connect());
    return client;
  };
  const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
  const all_hear = (clients, text) => Promise.all(clients.map((client, i) =>
    until(`window ${i + 1} hears`, async () => (await texts(client)).includes(text))));

  test("two hear at once, and neither is told that there are too many", async () => {
    const context = await pages.browser.newContext();
    const here = channel();
    const clients = [await open(context), await open(context)];
    for (const client of clients) await client.subscribe(here);
    for (const text of ["one", "two", "three"]) {
      await peer.publish(here, { text });
      await all_hear(clients, text);
    }
    for (const client of clients) assert.equal(await client.crowded(), false);
    await context.close();
  });

  test("six go on working, and those that were told to poll stop polling when others close", async () => {
    const context = await pages.browser.newContext();
    const here = channel();
    const clients = [];
    for (let i = 0; i < 6; i++) {
      clients.push(await open(context));
      await within("the reply", clients[i].subscribe(here));
    }
    await until("some are told that there are too many", async () =>
      (await Promise.all(clients.map((client) => client.crowded()))).includes(true));
    await peer.publish(here, { text: "to all" });
    await all_hear(clients, "to all");
    for (const [i, client] of clients.entries()) {
      assert.deepEqual(await within("the answer", client.call("echo", { i })), { i });
    }
    const left = clients.splice(4);
    await Promise.all(clients.map((client) => client.close()));
    // A connect that waits ends with a message, and says then that there is room.
    await until("those that are left wait again", async () => {
      await peer.publish(here, { text: "to the rest" });
      return (await Promise.all(left.map((client) => client.crowded()))).every((crowded) => !crowded);
    }, { every: 100 });
    await all_hear(left, "to the rest");
    await context.close();
  });

  test("a page that is loaded again and again works each time, and leaves no place taken", async () => {
    const context = await pages.browser.newContext();
    const options = { url: server.url, types };
    const client = await open(context);
    const cookies = await context.cookies(server.origin);
    assert.equal(cookies.length, 1);
    assert.equal(cookies[0].httpOnly, true);
    for (let i = 0; i < 6; i++) {
      await client.page.reload();
      await pages.load(client.page, "cometd", options);
      await within("connect", client.connect());
      const here = channel();
      await client.subscribe(here);
      await peer.publish(here, { text: `load ${i}` });
      await all_hear([client], `load ${i}`);
    }
    await until("it waits", async () => !(await client.crowded()));
    assert.deepEqual(await context.cookies(server.origin), cookies);
    await context.close();
  });

  test("a page with the reload extension keeps its session, and misses nothing meanwhile", async () => {
    const context = await pages.browser.newContext();
    const here = channel();
    const options = { url: server.url, types, reload: true, channels: [here] };
    const first = await open(context, options);
    const id = await first.id();
    await peer.publish(here, { text: "before" });
    await all_hear([first], "before");
    await first.page.evaluate(() => window.client.library.reload());
    await first.page.reload();
    await peer.publish(here, { text: "meanwhile" });
    await pages.load(first.page, "cometd", options);
    const second = remote(first.page);
    await within("connect", second.connect());
    await all_hear([second], "meanwhile");
    assert.equal(await second.id(), id);
    await peer.publish(here, { text: "afterwards" });
    await all_hear([second], "afterwards");
    await context.close();
  });
});
