import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** How long anything may take on a busy machine before it counts as broken. */
export const patience = 20_000;

/** Waits until `condition` gives something true, and returns that; fails saying `what` did not happen. */
export async function until(what, condition, { limit = patience, every = 15 } = {}) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail(`${what}: not within ${limit} ms`);
    await sleep(every);
  }
}

/** `promise`, or a failure that says `what` did not happen. */
export function within(what, promise, limit = patience) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: not within ${limit} ms`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
