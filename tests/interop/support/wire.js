import net from "node:net";

/** A TCP relay in front of the server whose connections can be cut, as a network or a proxy does. */
export class Wire {
  #sockets = new Set();
  #open = true;

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
    far.pipe(near);
  }

  /** Ends every connection and lets no new one through until `mend`. Both ends can know it when it returns. */
  async cut() {
    this.#open = false;
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
