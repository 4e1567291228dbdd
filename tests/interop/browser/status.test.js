import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

describe("07_status", () => {
  let browser;
  let server;
  let context;
  before(async () => {
    server = await Server.start("07_status", []);
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1000, height: 820 } });
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const number = async (page, select) => Number((await page.textContent(select)).replaceAll(",", ""));
  const numbers = async (page, side) => ({
    readings: await number(page, `#${side} .readings`),
    responses: await number(page, `#${side} .responses`),
    wakes: await number(page, `#${side} .wakes`),
  });

  test("a newcomer sees all sensors at once", async () => {
    const page = await openWindow(context, `${server.origin}/`);
    for (const side of ["urgent", "lazy"]) {
      await page.waitForFunction((which) => document.querySelector(`#${which} .readings`).textContent !== "0", side);
      const empty = await page.$$eval(`#${side} .plant span`, (all) => all.filter((one) => !one.textContent).length);
      assert.equal(empty, 0, side);
    }
    await page.close();
  });

  test("lazy readings cost a fraction of the responses and wake-ups", async (t) => {
    const page = await openWindow(context, `${server.origin}/`);
    await until("wake-ups are reported", async () => (await numbers(page, "lazy")).wakes >= 0 && (await numbers(page, "urgent")).responses > 60);
    // What is counted between two moments counts, since the two sides began at different ones.
    const first = { urgent: await numbers(page, "urgent"), lazy: await numbers(page, "lazy") };
    await until("much has happened", async () => (await numbers(page, "urgent")).readings > first.urgent.readings + 100 &&
      (await numbers(page, "lazy")).readings > first.lazy.readings + 100);
    const last = { urgent: await numbers(page, "urgent"), lazy: await numbers(page, "lazy") };
    const grown = (side) => Object.fromEntries(Object.keys(last[side]).map((key) => [key, last[side][key] - first[side][key]]));
    const [urgent, lazy] = [grown("urgent"), grown("lazy")];
    t.diagnostic(JSON.stringify({ urgent, lazy }));
    assert.ok(lazy.responses * 5 < urgent.responses, "responses");
    assert.ok(lazy.wakes * 5 < urgent.wakes, "wake-ups");
    await screenshot(page, "status");
    assert.deepEqual(page.errors, []);
  });
});
