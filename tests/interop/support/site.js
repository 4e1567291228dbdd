import { createReadStream, existsSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const types = { ".js": "text/javascript", ".html": "text/html", ".json": "application/json" };

/** Serves this folder, to pages of any origin, on a port of its own: what pages load that is not the bus's. */
export class Site {
  static async start() {
    const site = new Site();
    site.server = http.createServer((request, response) => {
      const file = path.join(root, path.normalize(new URL(request.url, "http://site").pathname));
      if (!file.startsWith(root) || !existsSync(file)) return response.writeHead(404).end();
      response.writeHead(200, { "content-type": types[path.extname(file)] ?? "text/plain", "access-control-allow-origin": "*" });
      createReadStream(file).pipe(response);
    });
    await new Promise((done) => site.server.listen(0, "127.0.0.1", done));
    site.origin = `http://127.0.0.1:${site.server.address().port}`;
    /** The same by another name: to a browser, another site than the bus on 127.0.0.1. */
    site.foreign = `http://localhost:${site.server.address().port}`;
    return site;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
