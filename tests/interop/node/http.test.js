import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Server } from "../support/server.js";
import { exchange, post, request } from "../support/raw.js";

const hello = (more) => JSON.stringify([{ id: "1", version: "1.0", channel: "/meta/handshake", supportedConnectionTypes: ["long-polling"], ...more }]);
const form = (json) => `message=${encodeURIComponent(json)}`;

/** The one reply in a body; it must have succeeded. */
function welcomed({ status, body }) {
  assert.equal(status, 200, body);
  const replies = JSON.parse(body);
  assert.equal(replies.length, 1);
  assert.equal(replies[0].successful, true, body);
  return replies[0];
}

describe("what clients do with HTTP", () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  const send = async (...requests) => exchange(server.port, ...requests);
  const one = async (text) => (await send(text))[0];

  test("a body in chunks, as cometd-nodejs-client sends all of them", async () => {
    const json = hello();
    const chunks = [json.slice(0, 1), json.slice(1, 40), json.slice(40)];
    const body = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")}0\r\n\r\n`;
    welcomed(await one(request("POST", "/bayeux/handshake", { "Content-Type": "application/json", "Transfer-Encoding": "chunked" }) + body));
  });

  test("a form-encoded handshake, as dojox sends it", async () => {
    welcomed(await one(post("/cometd", form(hello({ id: "0", minimumVersion: "0.9" })), { "Content-Type": "application/x-www-form-urlencoded" })));
    welcomed(await one(post("/cometd", form(hello()).replaceAll("%20", "+"), { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" })));
  });

  test("a form in a body that says text/plain, as Faye sends it across origins", async () => {
    const response = await one(post("/faye", form(hello()), { "Content-Type": "text/plain;charset=UTF-8", Origin: "http://elsewhere.test" }));
    welcomed(response);
    assert.equal(response.headers["access-control-allow-origin"], "http://elsewhere.test");
    assert.equal(response.headers["access-control-allow-credentials"], "true");
  });

  test("JSON under any content type or none", async () => {
    for (const type of ["text/json;charset=UTF-8", "Application/JSON", "text/plain", undefined]) {
      const json = hello();
      welcomed(await one(request("POST", "/bayeux", { "Content-Type": type, "Content-Length": json.length }) + json));
    }
  });

  test("whatever follows the path of the endpoint", async () => {
    for (const suffix of ["", "/", "/handshake", "/connect", "/0123456789abcdef", "/58.0", "?x=1", "/a/b/c?x=1&y=2"]) {
      welcomed(await one(post(`/bayeux${suffix}`, hello())));
    }
    assert.equal((await one(post("/bayeuxness", hello()))).status >= 404, true);
  });

  test("a numeric id is answered as a number, and 0 and long ones too", async () => {
    for (const id of [0, 7, "0", "10", "z"]) assert.strictEqual(welcomed(await one(post("/bayeux", hello({ id })))).id, id);
  });

  test("an empty array, which Faye sends before a large message", async () => {
    const { status, body } = await one(post("/bayeux", "[]"));
    assert.deepEqual([status, body], [200, "[]"]);
  });

  test("a lone message without an array around it is answered with an array", async () => {
    welcomed(await one(post("/bayeux", hello().slice(1, -1))));
  });

  test("an empty Cookie header and a Host without port, as Faye 0.8 sends them", async () => {
    const response = await one(post("/bayeux", hello(), { Cookie: "", Host: "localhost" }));
    welcomed(response);
    assert.match(response.headers["set-cookie"], /^BAYEUX_BROWSER=[A-Za-z0-9]+; Path=\/; .*HttpOnly/);
  });

  test("OPTIONS of a page of another origin, for content-type, pragma and whatever else", async () => {
    const asked = { Origin: "http://elsewhere.test", "Access-Control-Request-Method": "POST" };
    for (const headers of ["content-type", "pragma", "content-type,x-requested-with,authorization"]) {
      const { status, headers: answer } = await one(request("OPTIONS", "/bayeux/handshake", { ...asked, "Access-Control-Request-Headers": headers }));
      assert.ok(status === 200 || status === 204);
      assert.equal(answer["access-control-allow-origin"], "http://elsewhere.test");
      assert.equal(answer["access-control-allow-credentials"], "true");
      assert.match(answer["access-control-allow-methods"], /POST/);
      for (const name of headers.split(",")) assert.ok(answer["access-control-allow-headers"].toLowerCase().includes(name));
      assert.match(answer.vary, /origin/i);
    }
  });

  test("errors have the CORS headers too", async () => {
    const { status, headers } = await one(post("/bayeux", "no JSON", { Origin: "http://elsewhere.test" }));
    assert.equal(status, 400);
    assert.equal(headers["access-control-allow-origin"], "http://elsewhere.test");
  });

  test("JSONP with the parameters in either order, dots in the callback, and jQuery's cache buster", async () => {
    const message = `message=${encodeURIComponent(hello())}`;
    for (const [callback, query] of [
      ["_cometd_jsonp_0", `jsonp=_cometd_jsonp_0&${message}`],
      ["__jsonp1__", `${message}&jsonp=__jsonp1__`],
      ["dojo.io.script.jsonp_dojoIoScript1._jsonpCallback", `${message}&jsonp=dojo.io.script.jsonp_dojoIoScript1._jsonpCallback`],
      ["jQuery37105359405843877938_1795248804856", `jsonp=jQuery37105359405843877938_1795248804856&${message}&_=1795248804857`],
    ]) {
      const { status, headers, body } = await one(request("GET", `/bayeux/handshake?${query}`));
      assert.equal(status, 200);
      assert.match(headers["content-type"], /^text\/javascript/);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.ok(body.startsWith(`/**/${callback}([`) && body.endsWith("]);"), body);
    }
    for (const callback of ["alert(1)//", "a%0d%0aX-Bad:1", "a[0]", "<script>", ""]) {
      const { status, headers, body } = await one(request("GET", `/bayeux?jsonp=${callback}&${message}`));
      assert.equal(status, 400, callback);
      assert.equal(headers["x-bad"], undefined);
      assert.ok(!body.includes("alert"));
    }
  });

  test("an upgrade to WebSocket that cannot be is refused at once, so that clients fall back", async () => {
    const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const good = await one(request("GET", "/bayeux", upgrade));
    assert.deepEqual([good.status, good.headers["sec-websocket-accept"]], [101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
    assert.equal((await one(request("GET", "/bayeux", { ...upgrade, "Sec-WebSocket-Key": "short" }))).status, 400);
    const old = await one(request("GET", "/bayeux", { ...upgrade, "Sec-WebSocket-Version": "8" }));
    assert.deepEqual([old.status, old.headers["sec-websocket-version"]], [426, "13"]);
  });

  test("requests in a pipeline are answered in their order", async () => {
    const ids = Array.from({ length: 10 }, (_, i) => `p${i}`);
    const all = await send(...ids.map((id) => post("/bayeux", hello({ id }))));
    assert.deepEqual(all.map((response) => welcomed(response).id), ids);
  });

  test("methods that mean nothing here get an error and spoil nothing", async () => {
    const all = await send(request("PUT", "/bayeux", { "Content-Length": 0 }), request("HEAD", "/"), post("/bayeux", hello()));
    assert.ok(all[0].status >= 400 && all[0].status < 500);
    assert.deepEqual([all[1].status, all[1].body], [200, ""]);
    welcomed(all[2]);
  });
});
