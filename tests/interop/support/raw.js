import net from "node:net";

import { within } from "./until.js";

/** Splits what a server sent into responses; those that are not complete yet are left out. */
function responses(bytes, requests) {
  const found = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return found;
    const [line, ...fields] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const headers = {};
    for (const field of fields) {
      const colon = field.indexOf(":");
      const name = field.slice(0, colon).toLowerCase();
      headers[name] = name in headers ? `${headers[name]}, ${field.slice(colon + 1).trim()}` : field.slice(colon + 1).trim();
    }
    const bodiless = requests[found.length]?.startsWith("HEAD") ?? false;
    const length = bodiless ? 0 : Number(headers["content-length"] ?? 0);
    if (rest.length < end + 4 + length) return found;
    const body = rest.subarray(end + 4, end + 4 + length).toString("utf8");
    found.push({ status: Number(line.split(" ")[1]), headers, body });
    rest = rest.subarray(end + 4 + length);
  }
}

/** Sends the requests in one write on one connection, byte by byte as they are, and returns their responses. */
export async function exchange(port, ...requests) {
  const socket = net.connect(port, "127.0.0.1");
  let bytes = Buffer.alloc(0);
  const answered = new Promise((done, fail) => {
    socket.on("error", fail);
    socket.on("close", () => fail(new Error(`closed after ${JSON.stringify(bytes.toString())}`)));
    socket.on("data", (more) => {
      bytes = Buffer.concat([bytes, more]);
      const found = responses(bytes, requests);
      if (found.length >= requests.length) done(found);
    });
  });
  socket.write(requests.join(""));
  return within("the responses", answered).finally(() => socket.destroy());
}

/** A request with a body, as text. */
export function post(path, body, headers = {}) {
  const fields = { Host: "127.0.0.1", "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body), ...headers };
  return request("POST", path, fields) + body;
}

/** A request without one. Fields that are undefined are left out. */
export function request(method, path, headers = {}) {
  const fields = Object.entries({ Host: "127.0.0.1", ...headers }).filter(([, value]) => value !== undefined);
  return `${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}
