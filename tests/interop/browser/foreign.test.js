import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openWindow } from "../support/browser.js";
import { Pages } from "../support/pages.js";
import { Server } from "../support/server.js";
import { within } from "../support/until.js";

const hello = JSON.stringify([{ channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"], id: "1" }]);

/** What a page can do to a server without asking it first. Each runs in the page. */
const deeds = {
  form: ([url, body, { enctype, policy }]) => {
    const form = document.createElement("form");
    Object.assign(form, { action: url, method: "POST", enctype, referrerPolicy: policy ?? "" });
    const field = document.createElement("input");
    // As plain text the body is `name=value`: what is JSON begins in the name.
    const [name, value] = enctype === "text/plain" ? [body.slice(0, -1), body.slice(-1)] : ["message", body];
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
    document.documentElement.append(form);
    HTMLFormElement.prototype.submit.call(form);
  },
  fetch: ([url, body]) => { fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body }).catch(() => {}); },
  beacon: ([url, body]) => { navigator.sendBeacon(url, body); },
  script: ([url, body]) => {
    const script = document.createElement("script");
    Object.assign(script, { src: `${url}?jsonp=cb&message=${encodeURIComponent(body)}`, referrerPolicy: "no-referrer" });
    document.documentElement.append(script);
  },
  stream: ([url]) => { window.source = new EventSource(`${url}/nobody`, { withCredentials: true }); },
};

describe("a page of another site in Chromium", () => {
  let pages;
  let server;
  before(async () => {
    pages = await Pages.start();
    server = await Server.start("01_server", []);
  });
  after(async () => {
    await server.stop();
    await pages.stop();
  });

  /**
   * The status of the first answer to a request for the bus. A page hears nothing of some answers, nor does who looks
   * after the page: this comes from below.
   */
  const firstStatus = (network) => new Promise((done) => {
    const urls = new Map();
    const statuses = new Map();
    const look = (id) => urls.get(id)?.startsWith(server.url) && statuses.has(id) && done(statuses.get(id));
    network.on("Network.requestWillBeSent", ({ requestId, request }) => { urls.set(requestId, request.url); look(requestId); });
    network.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => { statuses.set(requestId, statusCode); look(requestId); });
  });

  /** The status of what the server answers to a deed of a page at `where`. */
  const does = async (where, deed, options = {}) => {
    const context = await pages.browser.newContext();
    const page = await openWindow(context, where);
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    const answered = firstStatus(network);
    await page.evaluate(deeds[deed], [server.url, hello, options]);
    const status = await within("an answer", answered);
    await context.close();
    return status;
  };

  const forms = [{ enctype: "application/x-www-form-urlencoded" }, { enctype: "text/plain" },
    { enctype: "application/x-www-form-urlencoded", policy: "no-referrer" }];

  test("posts no form", async () => {
    for (const form of forms) assert.equal(await does(pages.away, "form", form), 403, JSON.stringify(form));
  });

  test("sends nothing from a script without asking", async () => {
    assert.equal(await does(pages.away, "fetch"), 403);
    assert.equal(await does(pages.away, "beacon"), 403);
  });

  test("gets no script and no stream", async () => {
    assert.equal(await does(pages.away, "script"), 403);
    assert.equal(await does(pages.away, "stream"), 403);
  });

  test("opens no WebSocket", async () => {
    const open = async (where) => {
      const context = await pages.browser.newContext();
      const page = await openWindow(context, where);
      const heard = await page.evaluate((url) => new Promise((done) => {
        const socket = new WebSocket(url.replace("http", "ws"));
        socket.onopen = () => done("open");
        socket.onerror = () => done("error");
      }), server.url);
      await context.close();
      return heard;
    };
    assert.equal(await open(pages.away), "error");
    assert.equal(await open(pages.home(server.origin)), "open");
  });

  test("a page of the server does all that", async () => {
    const home = pages.home(server.origin);
    assert.equal(await does(home, "form", forms[0]), 200);
    assert.equal(await does(home, "fetch"), 200);
    assert.equal(await does(home, "beacon"), 200);
    assert.equal(await does(home, "stream"), 200);
    // Scripts are off, and that is all that is wrong with this one.
    assert.equal(await does(home, "script"), 400);
  });
});
