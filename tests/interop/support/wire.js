import net from "node:net";

/** What a proxy may do to a request for a WebSocket. Gets the head of the request; what it returns is sent to the server. */
const refusals = {
  /** Answers by itself. */
  status: (head, near) => near.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
  /** Cuts the connection. */
  cut: (head, near) => near.destroy(),
  /** Lets the request through without what makes it one, as proxies do that know nothing but HTTP/1.0. */
  strip: (head) => head.replace(/^(Upgrade|Connection|Sec-WebSocket-[^:]+):.*\r\n/gim, ""),
};

/** A TCP relay in front of the server whose connections can be cut, as a network or a proxy does. */
export class Wire {
  #sockets = new Set();
  #open = true;
  #losing = undefined;
  #refusal = undefined;

  /** WebSockets that were opened through it. */
  upgrades = 0;

  static async to(port) {
    const wire = new Wire();
    wire.listener = net.createServer((near) => wire.#carry(near, port));
    await new Promise((done) => wire.listener.listen(0, "127.0.0.1", done));
    wire.origin = `http://127.0.0.1:${wire.listener.address().port}`;
    return wire;
  }

  #carry(near, port) {
    if (!this.#open) return near.destroy();
    const far = net.connect(port, "127.0.0.1");
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (bytes) => near.swallowed || this.#ask(near, far, bytes));
    near.on("end", () => far.end());
    far.on("data", (bytes) => near.swallowed || this.#answer(near, bytes));
  }

  #ask(near, far, bytes) {
    const head = bytes.toString("latin1");
    if (!/^GET .*\r\nUpgrade: websocket\r\n/is.test(head)) return far.write(bytes);
    if (!this.#refusal) {
      this.upgrades += 1;
      return far.write(bytes);
    }
    const passed = this.#refusal(head, near);
    if (typeof passed === "string") far.write(passed, "latin1");
  }

  #answer(near, bytes) {
    if (!this.#losing) return near.write(bytes);
    const { share, lost } = this.#losing;
    near.write(bytes.subarray(0, Math.floor(bytes.length * share)));
    this.#losing.share = 0;
    lost();
  }

  /**
   * Loses what the server sends from now on until the next cut, but for that share of the first of it. What it returns
   * resolves when the server has sent something.
   */
  lose(share = 0) {
    return new Promise((lost) => { this.#losing = { share, lost }; });
  }

  /** Leaves the connections that there are open, and loses all that is sent on them from now on in either direction. */
  swallow() {
    for (const socket of this.#sockets) socket.swallowed = true;
  }

  /** Lets no WebSocket through from now on: "status", "cut" or "strip". */
  refuse(how) { this.#refusal = refusals[how]; }

  /** Ends every connection and lets no new one through until `mend`. Both ends can know it when it returns. */
  async cut() {
    this.#open = false;
    this.#losing = undefined;
    const ends = [...this.#sockets].map((socket) => new Promise((done) => socket.once("close", done)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(ends);
  }

  mend() { this.#open = true; }

  async close() {
    await this.cut();
    await new Promise((done) => this.listener.close(done));
  }
}
