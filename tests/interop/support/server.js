import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { within } from "./until.js";

/** The folder with the example programs. */
function examples() {
  assert.ok(process.env.BAYEUX_EXAMPLES, "set BAYEUX_EXAMPLES to the folder with the example programs");
  return process.env.BAYEUX_EXAMPLES;
}

/** An example program as a process of its own, on a port of 127.0.0.1 that the system picks. */
export class Server {
  #process;
  #errors = "";

  static async start(example = "01_server", options = ["--open"]) {
    const server = new Server();
    server.example = example;
    server.options = options;
    await server.#spawn(0);
    return server;
  }

  get url() { return `${this.origin}/bayeux`; }

  async #spawn(port) {
    const args = [...this.options, "--port", String(port)];
    const child = spawn(path.join(examples(), this.example), args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    const forget = () => child.kill("SIGKILL");
    process.once("exit", forget);
    child.once("exit", () => process.off("exit", forget));
    child.stderr.on("data", (text) => { this.#errors += text; });
    let said = "";
    const listening = new Promise((done, fail) => {
      child.on("error", fail);
      child.on("exit", (code, signal) => fail(new Error(`${this.example} ended: ${code ?? signal} ${this.#errors}`)));
      child.stdout.on("data", (text) => {
        said += text;
        const found = said.match(/listening on (https?:\/\/[^:]+:(\d+))\//);
        if (found) done(found);
      });
    });
    const [, origin, number] = await within("the server listens", listening);
    this.origin = origin;
    this.port = Number(number);
  }

  /** Ends the process as a service manager would; it must end well and have had nothing to complain of. */
  async stop() {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await within("the server stops", ended).catch((late) => {
        child.kill("SIGKILL");
        throw late;
      });
    }
    assert.deepEqual([child.exitCode, this.#errors], [0, ""], "exit code and complaints of the server");
  }

  /** Makes it find everything that happens meanwhile at once, when `resume` is called. */
  pause() { this.#process.kill("SIGSTOP"); }
  resume() { this.#process.kill("SIGCONT"); }

  /** Ends it without any goodbye. */
  async kill() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  /** A new process on the same port, which knows no session of the old one. */
  async restart({ politely = true } = {}) {
    if (politely) await this.stop();
    else await this.kill();
    await this.#spawn(this.port);
  }
}
