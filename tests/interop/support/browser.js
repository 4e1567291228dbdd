import { mkdirSync } from "node:fs";
import path from "node:path";

import { chromium } from "playwright-core";

import { patience } from "./until.js";

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A headless Chromium with an empty profile. Each of its contexts is a browser of its own: cookies, connections. */
export function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

/** A window of `context`, or a page of it that is there. What goes wrong in its scripts is kept in `errors`. */
export async function openWindow(context, url, page) {
  page ??= await context.newPage();
  page.setDefaultTimeout(patience);
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(String(error)));
  await page.goto(url);
  return page;
}

/** `window.client` of a page as an object of this process. */
export function remote(page, close) {
  const call = (name) => (...values) => page.evaluate(([which, what]) => window.client[which](...what), [name, values]);
  const names = ["connect", "subscribe", "unsubscribe", "publish", "batch", "call", "disconnect", "heard", "sessions", "id", "type", "crowded"];
  const hurry = () => page.evaluate(() => window.client.hurry?.());
  return { ...Object.fromEntries(names.map((name) => [name, call(name)])), hurry, page, close };
}

/** Keeps a picture of a page where people can look at it, if they said where. */
export async function screenshot(page, name) {
  const folder = process.env.BAYEUX_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
