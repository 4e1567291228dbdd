import { openWindow } from "./browser.js";
import { until } from "./until.js";

// What people do in a window of 03_chat. Keys and events rather than mouse clicks, which wait for the next frame: a window
// behind others draws one a second.

export async function knock(page, name, room) {
  await page.waitForSelector("#enter:not([disabled])");
  await page.fill("#room", room);
  await page.fill("#name", name);
  await page.press("#name", "Enter");
}

/** A window in which somebody is in a room; `prepare` is called with it while it is empty. */
export async function enter(context, url, name, room = "lobby", prepare = () => {}) {
  const page = await context.newPage();
  prepare(page);
  await openWindow(context, url, page);
  await knock(page, name, room);
  await page.waitForSelector("#chat:not([hidden])");
  return page;
}

export async function say(page, text) {
  await page.waitForSelector("#send:not([disabled])");
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

export const lines = (page, select = "p") => page.$$eval(`#messages ${select}`, (all) => all.map((one) => one.textContent));
export const members = (page) => page.$$eval("#members .row > span:nth-child(2)", (all) => all.map((one) => one.textContent));

/** Waits until a text shows; where it does not, says what does. */
export async function shows(page, text, select) {
  try {
    await until(`"${text}" shows`, async () => (await lines(page, select)).includes(text));
  } catch (late) {
    const state = await page.evaluate(() => ({
      connection: document.querySelector("#chat [data-connection]").dataset.connection,
      unsent: document.querySelector("#text").value,
      disabled: document.querySelector("#send").disabled,
    }));
    throw new Error(`${late.message}; there are ${JSON.stringify(await lines(page))}, members ${await members(page)}, ${JSON.stringify(state)}`);
  }
}
