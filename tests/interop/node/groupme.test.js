import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { groupmeClient } from "../clients/groupme.js";
import { Peer } from "../support/peer.js";
import { Server } from "../support/server.js";
import { until } from "../support/until.js";

describe("groupme, which speaks WebSocket only and connects once", () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(() => server.stop());

  test("hears its user and its groups for as long as its socket is open, and comes back on another one", async () => {
    const peer = await Peer.join(server.url);
    const { stream, heard, errors, states, subscribed } = groupmeClient({ url: server.url, user: "7", groups: ["1", "2"] });
    for (let round = 1; round <= 2; round++) {
      stream.connect();
      await until("all is subscribed", () => subscribed.length === 3 * round);
      assert.deepEqual(subscribed.slice(-3).sort(), ["/group/1", "/group/2", "/user/7"]);
      const places = ["/user/7", "/group/1", "/group/2"];
      for (const place of places) await peer.publish(place, { round, place });
      await until("all come", () => heard.length === 3 * round);
      assert.deepEqual(heard.slice(-3).map(({ channel, data }) => [channel, data]), places.map((place) => [place, { round, place }]));
      stream.disconnect();
      await until("it is closed", () => states.filter((state) => state === "disconnected").length === round);
    }
    assert.deepEqual(errors, []);
  });
});
