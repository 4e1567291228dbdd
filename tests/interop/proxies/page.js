import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import { openBrowser, screenshot } from "../support/browser.js";
import { enter, lines, members, say, shows } from "../support/chat.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";
import { Proxy } from "./proxy.js";

/** The page of the chat in a browser that knows only the proxy. */
export function pageSuite(kind) {
  describe(`the page of the chat behind ${kind}`, () => {
    let server;
    let proxy;
    let browser;
    before(async () => {
      server = await Server.start("03_chat", []);
      proxy = await Proxy.start(kind, server.port);
      browser = await openBrowser();
    });
    afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
    after(async () => {
      await browser?.close();
      await proxy?.stop();
      await server.stop();
    });

    for (const [way, origin] of [["http", () => proxy.origin], ["https", () => proxy.secure]]) {
      for (const transport of ["websocket", "long-polling"]) {
        test(`two windows talk by ${transport} over ${way}`, async () => {
          const context = await browser.newContext({ ignoreHTTPSErrors: true });
          const open = async (name) => {
            let sockets = 0;
            const count = (page) => page.on("websocket", () => { sockets += 1; });
            const page = await enter(context, `${origin()}/?transport=${transport}`, name, `${way}-${transport}`, count);
            assert.equal(sockets > 0, transport === "websocket");
            return page;
          };
          const [ann, bob] = [await open("Ann"), await open("Bob")];
          for (const page of [ann, bob]) await until("both are seen", async () => (await members(page)).join() === "Ann,Bob");
          await say(ann, "Hello from behind");
          for (const page of [ann, bob]) await shows(page, "Hello from behind");
          await say(bob, "Hello, too");
          for (const page of [ann, bob]) await shows(page, "Hello, too");
          assert.deepEqual(await lines(ann), ["Hello from behind", "Hello, too"]);
          // Only responses bring a cookie: what a WebSocket is opened with has it already, or never gets it.
          const cookies = (await context.cookies()).filter(({ name }) => name === "BAYEUX_BROWSER");
          assert.deepEqual(cookies.map(({ secure }) => secure), transport === "websocket" ? [] : [way === "https"]);
          for (const page of [ann, bob]) assert.deepEqual(page.errors, []);
          await screenshot(ann, `chat-${kind}-${way}-${transport}`);
        });
      }
    }
  });
}
