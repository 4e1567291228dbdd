import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

const original = fileURLToPath(new URL("../../../examples/rules.json", import.meta.url));

describe("05_rules", () => {
  let folder;
  let file;
  let server;
  let browser;
  let page;
  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "bayeux-rules-"));
    file = path.join(folder, "rules.json");
    copyFileSync(original, file);
    server = await Server.start("05_rules", ["--rules", file]);
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } });
    page = await openWindow(context, `${server.origin}/`);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  const become = async (name) => {
    await page.dispatchEvent(`#people button[data-name="${name}"]`, "click");
    await page.waitForSelector('[data-connection="connected"]');
  };
  const knock = async (door) => {
    await page.dispatchEvent(`[data-door="${door}"]`, "click");
    return outcome(door);
  };
  const outcome = (door) => until(`${door} is answered`, () => page.evaluate((name) => {
    const found = document.querySelector(`[data-door="${name}"][data-outcome]`);
    return found && (found.querySelector("small").textContent || "yes");
  }, door));
  const heard = () => page.$$eval("#heard li", (all) => all.map((one) => one.textContent));
  const refused = (what, reason = "denied_by_not_granting") => `403:${reason}:${what}_denied`;
  const error = async () => ((await page.isVisible("#error")) ? page.textContent("#error") : "");
  const change = (from, to) => {
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
  };

  test("everybody may do what the rules grant to their roles, and is told why not", async () => {
    const expected = {
      "": { "subscribe /news": "yes", "publish /news": refused("publish"), "subscribe /chat/*": refused("create"), "publish /service/vote": refused("publish") },
      ben: { "subscribe /chat/*": "yes", "publish /chat/lobby": "yes", "publish /staff/plans": refused("channel_create"), "publish /service/vote": "yes" },
      ann: { "subscribe /staff/plans": "yes", "publish /staff/plans": "yes", "publish /news": "yes", "subscribe /other": refused("create") },
      mallory: { "subscribe /chat/lobby": "yes", "publish /chat/lobby": refused("publish", "you_are_banned") },
    };
    for (const [name, doors] of Object.entries(expected)) {
      await become(name);
      for (const [door, wanted] of Object.entries(doors)) assert.equal(await knock(door), wanted, `${name} ${door}`);
    }
    assert.equal(await page.textContent('[data-door="publish /chat/lobby"]'), "No: you are banned403:you_are_banned:publish_denied");
  });

  test("filters of the file change what is published, or drop it", async () => {
    await become("ann");
    assert.equal(await knock("subscribe /chat/lobby"), "yes");
    assert.equal(await knock("publish /chat/lobby"), "yes");
    await until("it is heard", async () => (await heard()).includes("/chat/lobbyWell, **** it"));
    await page.fill("#text", "x".repeat(250));
    await page.dispatchEvent('[data-door="publish /chat/lobby"]', "click");
    await until("it is dropped", async () => (await outcome("publish /chat/lobby")) === "404::message_deleted");
    await page.fill("#text", "Well, darn it");
    await page.dispatchEvent("#all", "click");
    await outcome("publish /service/vote");
    await until("the vote shows", async () => (await heard()).some((line) => line.includes("ann voted")));
    await screenshot(page, "rules");
  });

  test("a mistake in the file is shown with its line, and the old rules stay", async () => {
    change('"subscribe": ["anyone"], "publish": ["moderator"]}', '"subscribe": ["anyone"], "publish": ["moderatr"]}');
    await until("it shows", async () => (await error()).includes("moderatr"));
    assert.equal(await error(), `${file}:6:74: channels."/news".publish[0]: expected a role that "roles" names, found "moderatr"; did you mean "moderator"?`);
    assert.match(await page.textContent("#rules mark"), /moderatr/);
    await screenshot(page, "rules-error");
    await become("ann");
    assert.equal(await knock("publish /news"), "yes");
  });

  test("a file that is right again counts from then on", async () => {
    change('"publish": ["moderatr"]}', '"publish": ["user"]}');
    const reply = await fetch(`${server.origin}/reload`, { method: "POST" });
    assert.equal(reply.status, 200);
    await until("the error goes", async () => (await error()) === "");
    await become("ben");
    assert.equal(await knock("publish /news"), "yes");
    assert.equal((await fetch(`${server.origin}/reload`)).status, 405);
    assert.deepEqual(page.errors, []);
  });
});
