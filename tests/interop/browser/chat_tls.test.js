import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Certificate } from "../support/certificate.js";
import { knock, lines, members, say, shows } from "../support/chat.js";
import { Server } from "../support/server.js";
import { watchSockets } from "../support/sockets.js";
import { until } from "../support/until.js";

describe("03_chat over TLS", () => {
  let certificate;
  let browser;
  let server;
  before(async () => {
    certificate = new Certificate();
    server = await Server.start("03_chat", certificate.options);
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await server.stop();
    certificate.remove();
  });

  test("two windows of an encrypted page talk over wss, and over nothing else", async () => {
    assert.match(server.origin, /^https:/);
    const context = await browser.newContext({ viewport: { width: 1000, height: 640 }, ignoreHTTPSErrors: true });
    const windows = [];
    for (const name of ["Ann", "Bob"]) {
      const page = await context.newPage();
      await watchSockets(page);
      page.posts = [];
      page.on("request", (request) => request.url().includes("/bayeux") && page.posts.push(request.url()));
      await openWindow(context, `${server.origin}/`, page);
      await knock(page, name, "lobby");
      await page.waitForSelector("#chat:not([hidden])");
      windows.push(page);
    }
    const [ann, bob] = windows;
    for (const page of windows) await until("both see who is there", async () => (await members(page)).join() === "Ann,Bob");
    await say(ann, "Nobody listens in");
    for (const page of windows) await shows(page, "Nobody listens in");
    await say(bob, "I hope so, too");
    for (const page of windows) await shows(page, "I hope so, too");

    for (const page of windows) {
      assert.equal(page.sockets.all().length, 1);
      const [socket] = page.sockets.all();
      assert.equal(socket.url, `${server.origin.replace("https", "wss")}/bayeux`);
      assert.equal(socket.status, 101);
      for (const text of ["Nobody listens in", "I hope so, too"]) {
        assert.ok(socket.received.some((message) => message.includes(text)), `a frame with "${text}"`);
      }
      assert.deepEqual(page.posts.filter((url) => !url.startsWith("wss:")), []);
      assert.deepEqual(page.errors, []);
      assert.deepEqual(await lines(page), ["Nobody listens in", "I hope so, too"]);
    }
    assert.ok(ann.sockets.all()[0].sent.some((message) => message.includes("Nobody listens in")));
    await screenshot(ann, "chat-tls-ann");
    await screenshot(bob, "chat-tls-bob");
    await context.close();
  });
});
