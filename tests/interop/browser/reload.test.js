import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { openWindow, remote } from "../support/browser.js";
import { Pages } from "../support/pages.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";

/** What a page does to get a cometd.js with the extensions that a page which may be reloaded wants. */
async function load([site, { names, ...options }]) {
  const modules = `${site}/node_modules/cometd`;
  const { CometD } = await import(`${modules}/cometd.js`);
  const { cometdClient } = await import(`${site}/clients/cometd.js`);
  const cometd = new CometD();
  for (const name of names) {
    const module = await import(`${modules}/${name}Extension.js`);
    cometd.registerExtension(name.toLowerCase(), new module[`${name}Extension`]());
  }
  window.client = cometdClient(cometd, options);
  window.addEventListener("beforeunload", () => cometd.reload());
}

describe("the reload extension of cometd.js", () => {
  let pages;
  let server;
  let peer;
  let context;
  let here;
  before(async () => {
    server = await Server.start();
    pages = await Pages.start();
  });
  beforeEach(async () => {
    peer = await Peer.join(server.url);
    context = await pages.browser.newContext();
    here = channel();
  });
  afterEach(() => context.close());
  after(async () => {
    await pages.stop();
    await server.stop();
  });

  const connect = async (page, names) => {
    const options = { names, url: server.url, types: ["long-polling"], channels: [here] };
    await page.evaluate(load, [pages.site.origin, options]);
    const client = remote(page);
    await within("connect", client.connect());
    return client;
  };
  const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
  const hears = (client, text) => until(`it hears ${text}`, async () => (await texts(client)).includes(text));

  for (const names of [["Reload"], ["Ack", "Reload"], ["Ack", "TimeSync", "TimeStamp", "Binary", "Reload"]]) {
    test(`${names.join(", ")}: a page that is reloaded keeps its session and hears what was published meanwhile`, async () => {
      const page = await openWindow(context, pages.home(server.origin));
      let client = await connect(page, names);
      const id = await client.id();
      await peer.publish(here, { text: "before" });
      await hears(client, "before");
      for (let round = 0; round < 4; round++) {
        await page.reload();
        for (const text of ["while", "it", "loads"]) await peer.publish(here, { text: `${text} ${round}` });
        client = await connect(page, names);
        assert.equal(await client.id(), id);
        await peer.publish(here, { text: `after ${round}` });
        await hears(client, `after ${round}`);
        assert.deepEqual(await texts(client), [`while ${round}`, `it ${round}`, `loads ${round}`, `after ${round}`]);
        assert.deepEqual(await within("the answer", client.call("echo", { round })), { round });
      }
      assert.deepEqual(page.errors, []);
    });
  }

  test("with acknowledgements nothing is lost that is published the moment the page goes", async () => {
    const names = ["Ack", "Reload"];
    const page = await openWindow(context, pages.home(server.origin));
    let client = await connect(page, names);
    for (let round = 0; round < 4; round++) {
      const text = `round ${round}`;
      // It no longer reads what the server writes into its last request.
      await page.evaluate(() => window.client.library.reload());
      await peer.publish(here, { text });
      await page.reload();
      client = await connect(page, names);
      await hears(client, text);
      assert.deepEqual(await texts(client), [text]);
    }
  });

  test("a page that comes too late is given a new session", async () => {
    const page = await openWindow(context, pages.home(server.origin));
    const first = await connect(page, ["Reload"]);
    const id = await first.id();
    await page.reload();
    const ghost = new Peer(server.url);
    ghost.clientId = id;
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const farewell = await ghost.ask({ channel: "/meta/disconnect" }, { cookie });
    assert.equal(farewell.successful, true);
    const second = await connect(page, ["Reload"]);
    assert.notEqual(await second.id(), id);
    await peer.publish(here, { text: "new" });
    await hears(second, "new");
  });
});
