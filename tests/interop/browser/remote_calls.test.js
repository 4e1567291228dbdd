import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

describe("08_remote_calls", () => {
  let browser;
  let server;
  let windows;
  before(async () => {
    server = await Server.start("08_remote_calls", []);
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 800, height: 1000 } });
    windows = [await openWindow(context, `${server.origin}/`), await openWindow(context, `${server.origin}/`)];
    for (const page of windows) await page.waitForSelector("#echo button:not([disabled])");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const call = (page, id) => page.dispatchEvent(`#${id} button`, "click");
  const said = (page, id, words) => until(`${id}: ${words}`, () => page.$eval(`#${id}`, (form, text) => {
    const output = form.parentElement.querySelector("output");
    return output.textContent.includes(text) && output.className;
  }, words));

  test("a call is answered at once", async () => {
    await call(windows[0], "echo");
    assert.equal(await said(windows[0], "echo", "“Hello, server” came back"), "good");
  });

  test("a call is answered later, and others do not wait for it", async () => {
    const [page] = windows;
    await call(page, "factor");
    await page.fill("#echo input", "meanwhile");
    await call(page, "echo");
    assert.equal(await said(page, "echo", "“meanwhile” came back"), "good");
    assert.equal(await said(page, "factor", "31622741 × 31622743, found"), "good");
  });

  test("a call fails, with a reason or without", async () => {
    const [page] = windows;
    await page.fill("#factor input", "1");
    await call(page, "factor");
    assert.equal(await said(page, "factor", "a whole number from 2"), "bad");
    await call(page, "forget");
    assert.equal(await said(page, "forget", "It failed after"), "bad");
  });

  test("one service stands for all rooms, and all windows hear them", async () => {
    const [page, other] = windows;
    await page.selectOption("#room select", "garden");
    await call(page, "room");
    assert.equal(await said(page, "room", "The garden was heard in 2 windows"), "good");
    for (const one of windows) {
      await until("it is heard", async () => (await one.textContent("#rooms")).includes("gardenDinner is ready"));
      assert.deepEqual(one.errors, []);
    }
    await screenshot(page, "remote-calls");
    await screenshot(other, "remote-calls-other");
  });
});
