import net from "node:net";

/** A TCP relay in front of the server whose connections can be cut, as a network or a proxy does. */
export class Wire {
  #sockets = new Set();
  #open = true;
  #losing = undefined;

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
    near.pipe(far);
    far.on("data", (bytes) => this.#answer(near, bytes));
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
