import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow } from "../support/browser.js";
import { Server } from "../support/server.js";
import { Site } from "../support/site.js";
import { watchSockets } from "../support/sockets.js";
import { until, within } from "../support/until.js";

describe("WebSocket in Chromium", () => {
  let browser;
  let site;
  before(async () => {
    browser = await openBrowser();
    site = await Site.start();
  });
  after(async () => {
    await browser.close();
    await site.stop();
  });

  /** A window of its own whose WebSockets are watched. */
  const open = async (url, context) => {
    const page = await (context ?? await browser.newContext()).newPage();
    await watchSockets(page);
    return openWindow(page.context(), url, page);
  };
  /** Opens a WebSocket in a page; whether that went well, and what came on it for a handshake. */
  const connect = (page, url) => within("it is decided", page.evaluate((at) => new Promise((done) => {
    const socket = new WebSocket(at);
    socket.onerror = () => done("refused");
    socket.onopen = () => socket.send('[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"],"id":"1"}]');
    socket.onmessage = ({ data }) => {
      done(JSON.parse(data)[0].successful ? "welcome" : data);
      socket.close();
    };
  }), url.replace("http", "ws")));

  test("a page of the server and its server agree to compress", async () => {
    const server = await Server.start("03_chat", []);
    const page = await open(`${server.origin}/`);
    await page.waitForSelector("#enter:not([disabled])");
    const [socket] = await until("it is open", async () => page.sockets.all().filter(({ status }) => status));
    assert.equal(socket.status, 101);
    assert.match(socket.request["sec-websocket-extensions"], /^permessage-deflate/);
    assert.match(socket.response["sec-websocket-extensions"], /^permessage-deflate/);
    await page.context().close();
    await server.stop();
  });

  test("a page of another site opens none, unless the server lets in all", async () => {
    for (const [options, result, status] of [[[], "refused", 403], [["--open"], "welcome", 101]]) {
      const server = await Server.start("01_server", options);
      const page = await open(`${site.foreign}/clients/blank.html`);
      assert.equal(await connect(page, server.url), result);
      const [socket] = await until("it is answered", async () => page.sockets.all().filter(({ status: code, error }) => code || error));
      assert.equal(socket.request.origin, site.foreign);
      if (socket.status) assert.equal(socket.status, status);
      else assert.match(socket.error, new RegExp(`${status}`));
      await page.context().close();
      await server.stop();
    }
  });

  test("the cookie of a login comes with the upgrade, and lets its user in", async () => {
    const server = await Server.start("04_login", []);
    const page = await open(`${server.origin}/`);
    assert.notEqual(await connect(page, server.url), "welcome");
    await page.waitForSelector("#out:not([hidden])");
    await page.fill("#user", "ann");
    await page.fill("#password", "apple");
    await page.press("#password", "Enter");
    await page.waitForSelector("#send:not([disabled])");
    assert.equal(await connect(page, server.url), "welcome");
    const opened = page.sockets.all().filter(({ status }) => status === 101);
    assert.ok(opened.some(({ sent }) => sent.some((message) => message.includes("/meta/subscribe"))), "the page itself uses one");
    for (const { request, sent } of opened.slice(-2)) {
      assert.match(request.cookie, /\blogin=/);
      assert.ok(sent.length > 0);
    }
    assert.deepEqual(page.errors, []);
    await page.context().close();
    await server.stop();
  });
});
