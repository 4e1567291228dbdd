import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Certificate } from "../support/certificate.js";
import { until, within } from "../support/until.js";

/** What each is called, what it reads, and how it is told to stay in the foreground, one process of this user. */
const kinds = {
  nginx: {
    template: "nginx.conf.in",
    args: (file, folder) => ["-c", file, "-p", folder, "-e", "stderr", "-g", "daemon off; master_process off;"],
  },
  haproxy: { template: "haproxy.cfg.in", args: (file) => ["-f", file, "-db", "-q"] },
};

export const configuration = (kind) => readFileSync(fileURLToPath(new URL(kinds[kind].template, import.meta.url)), "utf8");

/** Ports that nobody listens on now; somebody may in the next moment. */
async function freePorts(count) {
  const listeners = Array.from({ length: count }, () => net.createServer());
  await Promise.all(listeners.map((one) => new Promise((done) => one.listen(0, "127.0.0.1", done))));
  const ports = listeners.map((one) => one.address().port);
  await Promise.all(listeners.map((one) => new Promise((done) => one.close(done))));
  return ports;
}

const answers = (port) => new Promise((done) => {
  const socket = net.connect(port, "127.0.0.1", () => {
    socket.destroy();
    done(true);
  });
  socket.on("error", () => done(false));
});

/** nginx or HAProxy, as a process of its own with the configuration of the manual, in front of a port. */
export class Proxy {
  #folder = mkdtempSync(path.join(tmpdir(), "bayeux-"));
  #certificate = new Certificate();
  #process;
  #said = "";

  static async start(kind, behind) {
    const proxy = new Proxy();
    proxy.kind = kind;
    // Somebody else may have taken a port since it was found free.
    for (let attempts = 5; !(await proxy.#spawn(behind)); attempts--) {
      if (attempts === 0) throw new Error(`${kind} does not start: ${proxy.#said}`);
    }
    return proxy;
  }

  get url() { return `${this.origin}/bayeux`; }

  async #spawn(behind) {
    const [port, tls] = await freePorts(2);
    const certificate = path.join(this.#folder, "both.pem");
    writeFileSync(certificate, readFileSync(this.#certificate.file) + readFileSync(this.#certificate.key));
    const values = { FOLDER: this.#folder, CERTIFICATE: certificate, PORT: port, TLS_PORT: tls, BUS_PORT: behind };
    const file = path.join(this.#folder, "configuration");
    writeFileSync(file, configuration(this.kind).replace(/@([A-Z_]+)@/g, (_, name) => values[name]));

    const child = spawn(process.env[`BAYEUX_${this.kind.toUpperCase()}`] ?? this.kind, kinds[this.kind].args(file, this.#folder),
      { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = child;
    let ended = false;
    const forget = () => child.kill("SIGKILL");
    process.once("exit", forget);
    child.on("error", (error) => { this.#said += error; ended = true; });
    child.once("exit", () => { ended = true; process.off("exit", forget); });
    child.stderr.on("data", (text) => { this.#said += text; });
    const up = await until(`${this.kind} listens`, async () => ended || (await answers(port)) && (await answers(tls)));
    Object.assign(this, { port, origin: `http://127.0.0.1:${port}`, secure: `https://127.0.0.1:${tls}` });
    return up === true && !ended;
  }

  async stop() {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await within(`${this.kind} stops`, ended);
    }
    rmSync(this.#folder, { recursive: true });
    this.#certificate.remove();
  }
}
