import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

describe("06_filters", () => {
  let browser;
  let server;
  let windows;
  before(async () => {
    server = await Server.start("06_filters", []);
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
    windows = [await openWindow(context, `${server.origin}/`), await openWindow(context, `${server.origin}/`)];
    for (const page of windows) await page.waitForSelector("#send:not([disabled])");
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const row = (page) => page.$eval("#rows tr", ({ cells: [sent, arrived] }) => ({
    sent: sent.textContent, state: arrived.className, text: arrived.firstChild.textContent, note: arrived.querySelector(".note")?.textContent }));
  const pick = async (page, sample) => {
    const { text } = await page.$eval("#rows", (rows) => ({ text: rows.rows.length }));
    await page.dispatchEvent(`#samples button:text-is("${sample}")`, "click");
    await until("a row is added", async () => (await page.$eval("#rows", (rows) => rows.rows.length)) > text);
    return until("it arrived or was stopped", async () => {
      const shown = await row(page);
      return shown.state && shown.note && shown;
    });
  };

  test("what is harmless arrives as it was sent, with a number", async () => {
    assert.deepEqual(await pick(windows[0], "plain"),
      { sent: '{"text":"Hello","stars":4}', state: "same", text: '{"text":"Hello","stars":4}', note: "number 1 of all that was published" });
    await until("the other window has it", async () => (await windows[1].$eval("#rows", (rows) => rows.rows.length)) === 1);
    assert.deepEqual(await row(windows[1]),
      { sent: "by another window", state: "changed", text: '{"text":"Hello","stars":4}', note: "number 1 of all that was published" });
  });

  test("filters change what is published, one after the other", async () => {
    const [page] = windows;
    assert.match((await pick(page, "markup")).text, /&lt;b&gt;Bold&lt;\/b&gt; &amp; &lt;script&gt;/);
    assert.equal((await pick(page, "shouting")).text, '{"text":"Can anybody hear me?"}');
    assert.equal((await pick(page, "both at once")).text, '{"text":"&lt;i&gt;listen!&lt;/i&gt;"}');
  });

  test("what has another shape is stopped, and only its publisher is told", async () => {
    const before = await windows[1].$eval("#rows", (rows) => rows.rows.length);
    for (const [sample, sent] of [["six stars", 5], ["no text", 6]]) {
      assert.deepEqual({ ...(await pick(windows[0], sample)), sent: undefined },
        { sent: undefined, state: "stopped", text: "404::message_deleted", note: `number ${sent} from this window` });
    }
    assert.match((await pick(windows[0], "plain")).note, /^number 5 of all/);
    await until("the last one is there", async () => (await windows[1].$eval("#rows", (rows) => rows.rows.length)) === before + 1);
    for (const page of windows) assert.deepEqual(page.errors, []);
    await screenshot(windows[0], "filters");
  });
});
