import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";

import { CometD } from "cometd";
import { adapt } from "cometd-nodejs-client";
import faye from "faye";

import { cometdClient } from "../clients/cometd.js";
import { fayeClient } from "../clients/faye.js";
import { channel } from "../support/suite.js";
import { within } from "../support/until.js";

adapt();

/** A server that lets in one handshake a second, and tells the others when to come again. */
class Gate {
  #process;
  #lines;

  static async start() {
    const gate = new Gate();
    assert.ok(process.env.BAYEUX_SURVIVAL_SERVER, "set BAYEUX_SURVIVAL_SERVER to the program of that name");
    gate.#process = spawn(process.env.BAYEUX_SURVIVAL_SERVER, ["handshake_rate=1", "handshake_burst=1"], { stdio: ["pipe", "pipe", "inherit"] });
    gate.#lines = createInterface({ input: gate.#process.stdout })[Symbol.asyncIterator]();
    gate.url = `http://127.0.0.1:${await gate.#line()}/bayeux`;
    return gate;
  }

  async #line() { return (await within("the server answers", this.#lines.next())).value; }

  /** How many were told to come again. */
  async turnedAway() {
    this.#process.stdin.write("numbers\n");
    let count;
    for (let line = await this.#line(); line !== "end"; line = await this.#line()) {
      const [name, number] = line.split(" ");
      if (name === "over_handshake_rate") count = Number(number);
    }
    return count;
  }

  /** Takes what can be had now. */
  async pass() {
    const body = JSON.stringify([{ id: "1", channel: "/meta/handshake" }]);
    await fetch(this.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  }

  async stop() {
    const ended = once(this.#process, "exit");
    this.#process.stdin.end();
    assert.deepEqual(await within("the server stops", ended), [0, null]);
  }
}

/** A client that has been turned away, and is here; whoever takes a second to come is let in at once, and leaves again. */
async function turnedAway(gate, open) {
  for (let tries = 0; tries < 8; ++tries) {
    await gate.pass();
    const before = await gate.turnedAway();
    const client = open(gate.url);
    await within("connect", client.connect());
    if (await gate.turnedAway() > before) return client;
    await client.disconnect();
  }
  return assert.fail("it was never turned away");
}

describe("a client that is one too many", () => {
  let gate;
  before(async () => { gate = await Gate.start(); });
  after(() => gate.stop());

  const clients = {
    "Faye, websocket": (url) => fayeClient(new faye.Client(url)),
    "Faye, long-polling": (url) => fayeClient(new faye.Client(url), { disabled: ["websocket"] }),
    "cometd.js, websocket": (url) => cometdClient(new CometD(), { url, types: ["websocket"] }),
    "cometd.js, long-polling": (url) => cometdClient(new CometD(), { url, types: ["long-polling"] }),
  };
  for (const [name, open] of Object.entries(clients)) {
    test(`is let in when it comes again, once: ${name}`, async () => {
      const client = await turnedAway(gate, open);
      const room = channel();
      assert.equal((await within("subscribe", client.subscribe(room))).successful, true);
      assert.equal((await within("publish", client.publish(room, { text: "here" }))).successful, true);
      assert.equal(await client.sessions(), 1);
      await within("disconnect", client.disconnect());
    });
  }
});
