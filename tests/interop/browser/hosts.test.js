import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import { openBrowser, screenshot } from "../support/browser.js";
import { enter, lines, members, say, shows } from "../support/chat.js";
import { hosts } from "../support/hosts.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

const name = process.env.BAYEUX_HOST;
const host = hosts[name];
assert.ok(host, "set BAYEUX_HOST to the example that has an HTTP stack of its own");

describe(`the page of ${name}`, () => {
  let browser;
  let server;
  before(async () => {
    server = await Server.start(name, []);
    browser = await openBrowser();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  after(async () => {
    await browser?.close();
    await server.stop();
  });

  for (const transport of host.websocket ? ["websocket", "long-polling"] : ["long-polling"]) {
    test(`two windows talk by ${transport}`, async () => {
      const context = await browser.newContext({ viewport: { width: 1000, height: 640 } });
      const windows = [];
      for (const who of ["Ann", "Bob"]) {
        let sockets = 0;
        const count = (page) => page.on("websocket", () => { sockets += 1; });
        // Without WebSocket in the stack, the page finds that out by itself.
        const asked = host.websocket ? `?transport=${transport}` : "";
        windows.push(await enter(context, `${server.origin}/${asked}`, who, transport, count));
        if (host.websocket) assert.equal(sockets > 0, transport === "websocket");
      }
      const [ann, bob] = windows;
      for (const page of windows) await until("both are seen", async () => (await members(page)).join() === "Ann,Bob");
      await say(ann, "Hello from another stack");
      for (const page of windows) await shows(page, "Hello from another stack");
      await say(bob, "Hello, too");
      for (const page of windows) await shows(page, "Hello, too");
      assert.deepEqual(await lines(ann), ["Hello from another stack", "Hello, too"]);
      await screenshot(ann, `chat-${name}-${transport}`);
      for (const page of windows) assert.deepEqual(page.errors, []);
    });
  }
});
