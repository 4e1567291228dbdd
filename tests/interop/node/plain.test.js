import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, describe, test } from "node:test";

import { Peer, unstamped } from "../support/peer.js";
import { post, request } from "../support/raw.js";
import { Server } from "../support/server.js";
import { channel } from "../support/suite.js";
import { until, within } from "../support/until.js";

describe("a client of plain fetch, without cookies and with numeric ids", () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  const join = () => Peer.join(server.url);
  const ok = (reply) => assert.equal(reply.successful, true, JSON.stringify(reply));
  const poll = { channel: "/meta/connect", connectionType: "long-polling" };

  test("subscribes, publishes, hears, unsubscribes and leaves, with its ids as numbers, from 0 on", async () => {
    const peer = new Peer(server.url);
    const hello = await peer.handshake();
    assert.equal(hello.id, 0);
    assert.match(hello.clientId, /^[A-Za-z0-9]{22,}$/);
    assert.ok(hello.supportedConnectionTypes.includes("long-polling"));
    assert.deepEqual({ ...hello.advice, timeout: typeof hello.advice.timeout }, { reconnect: "retry", interval: 0, timeout: "number" });
    const here = channel();
    ok(await peer.connect());
    ok(await peer.subscribe([here, `${here}/**`]));
    ok(await peer.publish(here, null));
    ok(await peer.publish(`${here}/x/y`, 0));
    assert.deepEqual(await peer.collect(), [{ channel: here, data: null }, { channel: `${here}/x/y`, data: 0 }]);
    ok(await peer.unsubscribe([here, `${here}/**`]));
    ok(await peer.publish(here, "unheard"));
    assert.equal((await peer.collect()).length, 2);
    ok(await peer.disconnect());
    assert.match((await peer.publish(here, 1)).error, /^402:/);
    const lost = await peer.connect();
    assert.equal(lost.successful, false);
    assert.equal(lost.advice.reconnect, "handshake");
  });

  test("its first connect is answered at once without being asked to, and the second waits", async () => {
    const peer = await join();
    ok(await within("the first connect", peer.connect(), 5000));
    const here = channel();
    await peer.subscribe(here);
    let answered = false;
    const held = peer.connect().then((reply) => { answered = true; return reply; });
    const other = await join();
    assert.equal(answered, false);
    await other.publish(here, "wake up");
    ok(await within("the held connect", held));
    assert.deepEqual(peer.heard, [{ channel: here, data: "wake up" }]);
  });

  test("a message that is published after it hung up on its poll comes with the next one", async () => {
    const [peer, other] = [await join(), await join()];
    const here = channel();
    await peer.connect();
    await peer.subscribe(here);
    for (let i = 0; i < 5; i++) {
      const hangup = new AbortController();
      const held = peer.connect(undefined, { signal: hangup.signal }).catch((error) => error.name);
      await other.publish("/elsewhere", i);
      hangup.abort();
      assert.equal(await held, "AbortError");
      await other.publish(here, i);
      await until("it comes", async () => (await peer.collect()).length > i);
    }
    assert.deepEqual(peer.heard.map(({ data }) => data), [0, 1, 2, 3, 4]);
  });

  test("a server that finds the poll, the hang-up and the message all at once keeps the message", async () => {
    const [peer, other] = [await join(), await join()];
    const here = channel();
    await peer.connect();
    await peer.subscribe(here);
    const publisher = net.connect(server.port, "127.0.0.1");
    publisher.write(request("GET", "/nothing"));
    await once(publisher, "data");
    for (let i = 0; i < 10; i++) {
      const socket = net.connect(server.port, "127.0.0.1");
      socket.write(request("GET", "/nothing"));
      await once(socket, "data");
      server.pause();
      socket.write(post("/bayeux", JSON.stringify([{ ...poll, id: 1, clientId: peer.clientId }])));
      setImmediate(() => socket.destroy());
      await once(socket, "close");
      const published = new Promise((done) => publisher.once("data", done));
      await new Promise((done) => publisher.write(post("/bayeux", JSON.stringify([{ channel: here, data: i, clientId: other.clientId }])), done));
      server.resume();
      await within("the acknowledgement", published);
      await peer.collect();
      assert.equal(peer.heard.at(-1)?.data, i);
    }
    publisher.destroy();
    assert.equal(peer.heard.length, 10);
  });

  test("of two connects the later one waits, and the other is answered with an error", async () => {
    const [peer, other] = [await join(), await join()];
    const here = channel();
    await peer.connect();
    await peer.subscribe(here);
    // Which of them the server reads first is the system's choice.
    const body = JSON.stringify([{ ...poll, id: 1, clientId: peer.clientId }]);
    const both = [1, 2].map(() => fetch(server.url, { method: "POST", body }));
    const superseded = await within("one is answered", Promise.race(both));
    assert.equal(superseded.status, 500);
    await other.publish(here, "for the later one");
    const responses = await within("the other", Promise.all(both));
    const waited = responses.find((response) => response !== superseded);
    assert.equal(waited.status, 200);
    assert.deepEqual(unstamped((await waited.json())[0]), { channel: here, data: "for the later one" });
  });

  test("disconnecting answers the held connect too, and well", async () => {
    const peer = await join();
    await peer.connect();
    const held = peer.connect();
    await peer.ask({ channel: "/service/echo", data: 1 });
    ok(await peer.disconnect());
    const reply = await within("the held connect", held);
    ok(reply);
    assert.equal(reply.advice?.reconnect === "none", false);
  });

  test("a connect in company of other messages is not held", async () => {
    const peer = await join();
    await peer.connect();
    const replies = await within("the replies", peer.send([poll, { channel: channel(), data: 1 }]), 5000);
    assert.deepEqual(replies.map(({ successful }) => successful), [true, true]);
  });

  test("a message says only its channel and data to subscribers, whatever its publisher put there", async () => {
    const [peer, other] = [await join(), await join()];
    const here = channel();
    await peer.subscribe(here);
    await other.ask({
      channel: here, data: { data: "HelloWorld" }, advice: { reconnect: "none" }, successful: false, error: "500::no", timestamp: "now",
      ext: { binary: {}, secret: 1 }, subscription: "/y", foo: "bar",
    });
    assert.deepEqual(await peer.collect(), [{ channel: here, data: { data: "HelloWorld" }, ext: { binary: {} } }]);
  });

  test("bad channels get their own errors, and their neighbours none", async () => {
    const peer = await join();
    const here = channel();
    const names = [here, "/a//b", "a", "/", "", "/a/*/b", "/meta/foo", here];
    const replies = await peer.send(names.map((name) => ({ channel: name, data: 1 })));
    assert.deepEqual(replies.map(({ successful }) => successful), [true, false, false, false, false, false, false, true]);
    for (const { successful, error } of replies) if (!successful) assert.match(error, /^4\d\d:[^:]*:[A-Za-z0-9 \-_!~()$@/*.]*$/);
    const subscriptions = await peer.send(names.map((subscription) => ({ channel: "/meta/subscribe", subscription })));
    assert.deepEqual(subscriptions.map(({ successful }) => successful), [true, false, false, false, false, false, false, true]);
  });

  test("a stranger who learned its client id is refused once it has shown its cookie", async () => {
    const response = await fetch(server.url, {
      method: "POST", body: JSON.stringify([{ channel: "/meta/handshake", version: "1.0", id: "1" }]),
    });
    const cookie = response.headers.get("set-cookie").split(";")[0];
    const [{ clientId }] = await response.json();
    const [keeper, stranger] = [new Peer(server.url), new Peer(server.url)];
    keeper.clientId = stranger.clientId = clientId;
    ok(await stranger.publish("/any", 1));
    ok(await keeper.connect(undefined, { cookie }));
    assert.match((await stranger.publish("/any", 1)).error, /^402:/);
    ok(await keeper.ask({ channel: "/any", data: 1 }, { cookie }));
  });

  test("a browser with a cookie has four connects held, and its fifth window is told to poll", async () => {
    const first = await fetch(server.url, { method: "POST", body: '[{"channel":"/meta/handshake","id":"1","version":"1.0"}]' });
    const cookie = first.headers.get("set-cookie").split(";")[0];
    await first.text();
    const windows = [];
    for (let i = 0; i < 5; i++) {
      const peer = new Peer(server.url);
      peer.clientId = (await peer.ask({ channel: "/meta/handshake", version: "1.0" }, { cookie })).clientId;
      await peer.connect(undefined, { cookie });
      windows.push(peer);
    }
    const hangup = new AbortController();
    const polls = windows.map((peer) => peer.connect(undefined, { cookie, signal: hangup.signal }));
    polls.forEach((held) => held.catch(() => {}));
    const crowd = await within("one is answered", Promise.race(polls));
    hangup.abort();
    ok(crowd);
    assert.deepEqual(crowd.advice, { "multiple-clients": true, reconnect: "retry", interval: 2000, timeout: crowd.advice.timeout });
    const ends = await Promise.allSettled(polls);
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
  });
});
