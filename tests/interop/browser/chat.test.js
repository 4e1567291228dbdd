import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";

import { openBrowser, openWindow, screenshot } from "../support/browser.js";
import { enter as enterAt, knock, lines, members, say, shows } from "../support/chat.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

for (const transport of ["websocket", "long-polling"]) describe(`03_chat, ${transport}`, () => {
  let browser;
  let server;
  before(async () => {
    server = await Server.start("03_chat", []);
    browser = await openBrowser();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const url = () => `${server.origin}/?transport=${transport}`;
  const enter = async (context, name, room) => {
    let sockets = 0;
    const page = await enterAt(context, url(), name, room, (opened) => opened.on("websocket", () => { sockets += 1; }));
    assert.equal(sockets > 0, transport === "websocket", `${sockets} WebSockets`);
    return page;
  };

  test("two windows exchange a message of the room and a private one, which a third does not see", async () => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 640 } });
    const ann = await enter(context, "Ann");
    const bob = await enter(context, "Bob");
    const cleo = await enter(context, "Cleo");
    for (const page of [ann, bob, cleo]) {
      await until("all see who is there", async () => (await members(page)).join() === "Ann,Bob,Cleo");
    }

    await say(ann, "Hello <b>everybody</b>");
    for (const page of [ann, bob, cleo]) await shows(page, "Hello <b>everybody</b>");
    await say(bob, "Hello Ann");
    for (const page of [ann, bob, cleo]) await shows(page, "Hello Ann");

    await ann.dispatchEvent('#members button:has-text("Bob")', "click");
    await say(ann, "Between us");
    for (const page of [ann, bob]) await shows(page, "Between us", ".private p");
    await bob.dispatchEvent('#members button:has-text("Ann")', "click");
    await say(bob, "Of course");
    for (const page of [ann, bob]) await shows(page, "Of course", ".private p");
    await ann.keyboard.press("Escape");
    await say(ann, "The end");
    for (const page of [ann, bob, cleo]) await shows(page, "The end");
    assert.deepEqual(await lines(cleo), ["Hello <b>everybody</b>", "Hello Ann", "The end"]);

    await screenshot(ann, "chat-ann");
    await screenshot(bob, "chat-bob");
    await screenshot(cleo, "chat-cleo");
    for (const page of [ann, bob, cleo]) assert.deepEqual(page.errors, []);
  });

  test("the server is restarted under it, and the windows go on", async () => {
    const context = await browser.newContext();
    const [ida, joe] = [await enter(context, "Ida"), await enter(context, "Joe")];
    await server.restart();
    for (const page of [ida, joe]) {
      await until("both are there again", async () => (await members(page)).join() === "Ida,Joe");
      await page.waitForSelector('#chat [data-connection="connected"]');
    }
    await say(ida, "Still here?");
    await shows(joe, "Still here?");
  });

  // The rest is the same, whatever the messages come by.
  if (transport !== "websocket") return;

  test("rooms hear only themselves, and a window that leaves is missed", async () => {
    const context = await browser.newContext();
    const [dan, eve] = [await enter(context, "Dan", "music"), await enter(context, "Eve", "music")];
    const fay = await enter(context, "Fay", "night-shift");
    await say(dan, "Only for music");
    await shows(eve, "Only for music");
    await say(fay, "Only for the night");
    await shows(fay, "Only for the night");
    assert.deepEqual(await lines(eve), ["Only for music"]);
    await dan.close({ runBeforeUnload: true });
    await until("Dan is gone", async () => (await members(eve)).join() === "Eve");
    await shows(eve, "Dan left", ".notice");
  });

  test("a window that is loaded again takes its place again, and finds what was said", async () => {
    const context = await browser.newContext();
    const [guy, hal] = [await enter(context, "Guy", "again"), await enter(context, "Hal", "again")];
    await say(guy, "Before");
    await shows(hal, "Before");
    await hal.reload();
    await hal.waitForSelector("#chat:not([hidden])");
    await shows(hal, "Before");
    await say(guy, "After");
    await shows(hal, "After");
    assert.deepEqual(await members(hal), ["Guy", "Hal"]);
  });

  test("a name that is taken is refused", async () => {
    const context = await browser.newContext();
    await enter(context, "Kim", "taken");
    const other = await openWindow(context, url());
    await knock(other, "Kim", "taken");
    await until("it is refused", async () => (await other.textContent("#refusal")) === "That name is taken in this room.");
    await screenshot(other, "chat-refused");
  });
});
