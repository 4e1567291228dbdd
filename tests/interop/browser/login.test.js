import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

describe("04_login", () => {
  let browser;
  let server;
  before(async () => {
    server = await Server.start("04_login", []);
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const context = () => browser.newContext({ viewport: { width: 800, height: 760 } });
  const sign_in = async (page, user, password) => {
    await page.waitForSelector("#out:not([hidden])");
    await page.fill("#user", user);
    await page.fill("#password", password);
    await page.press("#password", "Enter");
  };
  const enter = async (where, user, password) => {
    const page = await openWindow(where, `${server.origin}/`);
    await sign_in(page, user, password);
    await page.waitForSelector("#send:not([disabled])");
    return page;
  };
  const write = async (page, text) => {
    await page.fill("#text", text);
    await page.press("#text", "Enter");
  };
  const notes = (page) => page.$$eval("#notes li:not(#empty) span", (all) => all.map((one) => one.textContent));

  test("nobody comes in without the login cookie, and a wrong password brings none", async () => {
    const where = await context();
    const page = await openWindow(where, `${server.origin}/`);
    await sign_in(page, "ann", "banana");
    await page.waitForSelector("#refused:not([hidden])");
    assert.deepEqual(await where.cookies(), []);
    await screenshot(page, "login-refused");
    const reply = await page.evaluate(async () => (await fetch("/bayeux", {
      method: "POST", body: JSON.stringify([{ channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["long-polling"] }]),
    })).json());
    assert.equal(reply[0].successful, false);
    assert.equal(reply[0].error, "403:not_signed_in:handshake_denied");
    assert.deepEqual(page.errors, []);
    await where.close();
  });

  test("a user is heard in all of their windows, and by nobody else", async () => {
    const [hers, his] = [await context(), await context()];
    const ann = await enter(hers, "ann", "apple");
    const again = await openWindow(hers, `${server.origin}/`);
    await again.waitForSelector("#send:not([disabled])");
    const bob = await enter(his, "bob", "banana");
    const cookie = (await hers.cookies()).find(({ name }) => name === "login");
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Lax"]);

    await bob.dispatchEvent('#doors button:has-text("ann")', "click");
    await until("bob is told", async () => (await bob.textContent("#verdict")).includes("/users/ann/**: 403:not_yours:subscribe_denied"));
    await write(ann, "Buy <b>milk</b>");
    for (const page of [ann, again]) await until("the note shows", async () => (await notes(page)).includes("Buy <b>milk</b>"));
    await write(bob, "The end");
    await until("bob's note shows", async () => (await notes(bob)).includes("The end"));
    assert.deepEqual(await notes(bob), ["The end"]);
    assert.deepEqual(await notes(again), ["Buy <b>milk</b>"]);
    await screenshot(ann, "login-ann");
    await screenshot(bob, "login-bob");
    for (const page of [ann, again, bob]) assert.deepEqual(page.errors, []);
    await Promise.all([hers.close(), his.close()]);
  });

  test("who signs out in one window is out in all of them, and another user is not", async () => {
    const [hers, his] = [await context(), await context()];
    const cleo = await enter(hers, "cleo", "cherry");
    const again = await openWindow(hers, `${server.origin}/`);
    await again.waitForSelector("#send:not([disabled])");
    const bob = await enter(his, "bob", "banana");
    await cleo.dispatchEvent("#logout", "click");
    for (const page of [cleo, again]) await page.waitForSelector("#out:not([hidden])");
    assert.equal((await hers.cookies()).find(({ name }) => name === "login"), undefined);
    await write(bob, "Still here");
    await until("bob's note shows", async () => (await notes(bob)).includes("Still here"));
    for (const page of [cleo, again, bob]) assert.deepEqual(page.errors, []);
    await Promise.all([hers.close(), his.close()]);
  });
});
