import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { after, afterEach, before, describe, test } from "node:test";

import { CometD } from "cometd";
import { adapt } from "cometd-nodejs-client";
import WebSocket from "ws";

import { cometdClient } from "../clients/cometd.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { until, within } from "../support/until.js";
import { Proxy } from "./proxy.js";

adapt();

const texts = async (client) => (await client.heard()).map(({ data }) => data.text);
const hears = (client, text) => until(`it hears ${text}`, async () => (await texts(client)).includes(text));
const seat = (name, room) => ({ name, room, token: `${name}-of-the-proxies`.padStart(24, "-") });
const trusting = { rejectUnauthorized: false };

/** The answer to a GET whose body may go on for ever: status, headers, and `text()`, which is what has come so far. */
async function get(url, options = {}) {
  const request = (url.startsWith("https") ? https : http).get(url, { ...trusting, agent: false, ...options });
  const [response] = await within("the response begins", once(request, "response"));
  let text = "";
  response.setEncoding("utf8").on("data", (more) => { text += more; }).on("error", () => {});
  return { status: response.statusCode, headers: response.headers, text: () => text, request, response };
}

/** What must work behind a proxy with the configuration of the manual. */
export function proxySuite(kind) {
  describe(`the chat behind ${kind}`, () => {
    let server;
    let proxy;
    let opened = [];
    before(async () => {
      server = await Server.start("03_chat", []);
      proxy = await Proxy.start(kind, server.port);
    });
    afterEach(async () => {
      const clients = opened;
      opened = [];
      for (const client of clients) await within("disconnect", client.disconnect());
    });
    after(async () => {
      await proxy?.stop();
      await server.stop();
    });

    const join = async (type, name, room) => {
      const client = cometdClient(new CometD(), { url: proxy.url, types: [type] });
      opened.push(client);
      await within("connect", client.connect());
      assert.equal((await client.subscribe(`/chat/${room}`)).successful, true);
      await sit(client, name, room);
      return client;
    };
    const sit = async (client, name, room) => {
      const answer = await within("the answer", client.call("chat/join", seat(name, room)));
      assert.equal(answer.error, undefined);
      assert.ok(answer.members.includes(name));
    };
    /** A client without a library, behind the proxy or not, with a seat in a room. */
    const visit = async (url, name, room) => {
      const peer = await Peer.join(url);
      opened.push(peer);
      assert.equal((await peer.publish("/service/chat/join", seat(name, room))).successful, true);
      return peer;
    };

    test("the page and its scripts come through", async () => {
      const page = await get(`${proxy.origin}/`);
      await until("it is all there", () => page.text().includes("</html>"));
      assert.equal((await get(`${proxy.origin}/vendor/cometd/cometd.js`)).status, 200);
    });

    for (const type of ["long-polling", "websocket"]) {
      test(`two people talk by ${type}, and go on when the program is started again`, async () => {
        const room = type;
        const [ann, bob] = [await join(type, "Ann", room), await join(type, "Bob", room)];
        assert.deepEqual([await ann.type(), await bob.type()], [type, type]);
        assert.equal((await ann.publish(`/chat/${room}`, { text: "Hello Bob" })).successful, true);
        await hears(bob, "Hello Bob");
        assert.equal((await bob.publish(`/chat/${room}`, { text: "Hello Ann" })).successful, true);
        for (const client of [ann, bob]) await hears(client, "Hello Ann");

        await server.restart();
        for (const [client, name] of [[ann, "Ann"], [bob, "Bob"]]) {
          await until("it shakes hands again", async () => (await client.sessions()) === 2);
          await sit(client, name, room);
        }
        assert.equal((await ann.publish(`/chat/${room}`, { text: "Still here?" })).successful, true);
        await hears(bob, "Still here?");
        assert.deepEqual([await ann.type(), await bob.type()], [type, type]);
      });
    }

    test("events of an EventSource come as they are published, and the stream stays open", async () => {
      const room = "stream";
      const peer = await visit(proxy.url, "Eve", room);
      await peer.subscribe(`/chat/${room}`);
      const stream = await get(`${proxy.url}/${peer.clientId}`, { headers: { accept: "text/event-stream" } });
      assert.equal(stream.status, 200);
      assert.match(stream.headers["content-type"], /^text\/event-stream/);
      await peer.ask({ channel: "/meta/connect", connectionType: "eventsource" });
      for (let i = 0; i < 5; i++) {
        await peer.publish(`/chat/${room}`, { text: `event ${i}` });
        await until(`event ${i} comes`, () => stream.text().includes(`event ${i}`));
      }
      assert.equal(stream.response.complete, false);
      stream.request.destroy();
    });

    test("a poll that nothing happens on is answered by the bus", async () => {
      const peer = await Peer.join(proxy.url);
      await peer.connect();
      const reply = await within("the reply", peer.connect({ timeout: 1500 }));
      assert.equal(reply.successful, true, JSON.stringify(reply));
    });

    test("who hangs up while a poll is held, or a WebSocket is open, is missed", async () => {
      const room = "hang-up";
      const watcher = await visit(server.url, "Watcher", room);
      await watcher.subscribe(`/chat/${room}/members`);
      const polling = await visit(proxy.url, "Polling", room);
      await polling.connect();
      const socket = new WebSocket(proxy.url.replace("http", "ws"));
      await within("it opens", once(socket, "open"));
      opened.push({ disconnect: async () => socket.terminate() });
      assert.equal((await visitBySocket(socket, room)).successful, true);

      const members = async () => {
        await watcher.connect({ timeout: 0 });
        const lists = watcher.heard.filter(({ channel }) => channel === `/chat/${room}/members`);
        return lists.at(-1)?.data.members.join();
      };
      await until("all are there", async () => (await members()) === "Polling,Socket,Watcher");
      const hangs = new AbortController();
      const poll = polling.connect(undefined, { signal: hangs.signal });
      // It is held once a request that was sent after it was answered.
      await polling.publish(`/chat/${room}`, { text: "held?" });
      hangs.abort();
      await assert.rejects(poll);
      socket.terminate();
      await until("both are missed", async () => (await members()) === "Watcher");
    });

    test("over TLS the cookie is for TLS only, and pages of its own origin are let in", async () => {
      const body = JSON.stringify([{ channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["websocket"], id: "1" }]);
      const ask = async (origin, from) => {
        const answer = (origin.startsWith("https") ? https : http).request(`${origin}/bayeux`, {
          ...trusting, agent: false, method: "POST", headers: { "content-type": "application/json", origin: from },
        });
        answer.end(body);
        const [response] = await within("the response", once(answer, "response"));
        response.resume();
        return [response.statusCode, response.headers["set-cookie"]?.join() ?? ""];
      };
      const [good, cookie] = await ask(proxy.secure, proxy.secure);
      assert.equal(good, 200);
      assert.match(cookie, /^BAYEUX_BROWSER=.*; Secure/i);
      const [plain, other] = await ask(proxy.origin, proxy.origin);
      assert.equal(plain, 200);
      assert.doesNotMatch(other, /Secure/i);
      assert.equal((await ask(proxy.secure, "https://elsewhere.test"))[0], 403);

      const socket = new WebSocket(`${proxy.secure.replace("http", "ws")}/bayeux`, { ...trusting, origin: proxy.secure });
      await within("it opens", once(socket, "open"));
      socket.send(body);
      const [text] = await within("it answers", once(socket, "message"));
      assert.equal(JSON.parse(text)[0].successful, true);
      socket.terminate();
    });
  });

  test(`${kind} shows the program who asks, and nobody can pretend`, async () => {
    const echo = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
    await new Promise((done) => echo.listen(0, "127.0.0.1", done));
    const proxy = await Proxy.start(kind, echo.address().port);
    try {
      for (const [origin, proto] of [[proxy.origin, "http"], [proxy.secure, "https"]]) {
        const forged = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "gopher" };
        const answer = await get(`${origin}/bayeux`, { headers: forged });
        await until("it is all there", () => answer.text().endsWith("}"));
        const headers = JSON.parse(answer.text());
        assert.deepEqual([headers["x-forwarded-for"], headers["x-forwarded-proto"]], ["127.0.0.1", proto]);
        assert.equal(headers.host, origin.replace(/^https?:\/\//, ""));
      }
    } finally {
      await proxy.stop();
      echo.closeAllConnections();
      await new Promise((done) => echo.close(done));
    }
  });
}

/** Shakes hands on a WebSocket and takes a seat. */
async function visitBySocket(socket, room) {
  const heard = [];
  socket.on("message", (text) => heard.push(...JSON.parse(text)));
  const ask = (message) => {
    socket.send(JSON.stringify([message]));
    return until(`${message.channel} is answered`, () => heard.find(({ id, successful }) => id === message.id && successful !== undefined));
  };
  const { clientId } = await ask({ channel: "/meta/handshake", version: "1.0", supportedConnectionTypes: ["websocket"], id: "1" });
  await ask({ channel: "/meta/connect", connectionType: "websocket", clientId, advice: { timeout: 0 }, id: "2" });
  return ask({ channel: "/service/chat/join", clientId, data: seat("Socket", room), id: "3" });
}
