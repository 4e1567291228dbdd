/** A form or a text that is sent to a route of a program. */
async function send(url, body, headers = {}) {
  const response = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
  if (response.status >= 400) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}

/**
 * The examples that have an HTTP stack of their own: whether that has WebSocket, and takes bodies in chunks; a route of the
 * program and what it says; and how the program itself comes to publish, on which channel, and what.
 */
export const hosts = {
  "09_beast": {
    websocket: true,
    chunks: true,
    route: "/me",
    says: /"user":null/,
    channel: "/announcements",
    async publish(origin) {
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const signedIn = await send(`${origin}/login`, "user=ann&password=apple", form);
      const cookie = signedIn.headers.get("set-cookie").split(";")[0];
      await send(`${origin}/announce`, "text=Tea+is+ready", { ...form, cookie });
    },
    published: ({ from, text }) => from === "ann" && text === "Tea is ready",
  },
  "10_restinio": {
    websocket: true,
    chunks: true,
    route: "/prices",
    says: /^\{.*\d.*\}/s,
    channel: "/prices/*",
    async publish() {},
    published: ({ price }) => price > 0,
  },
  "11_httplib": {
    websocket: false,
    chunks: true,
    route: "/load",
    says: /"parked":/,
    channel: "/notes",
    publish: (origin) => send(`${origin}/notes`, '{"text":"Tea is ready"}', { "content-type": "application/json" }),
    published: ({ text }) => text === "Tea is ready",
  },
  "12_microhttpd": {
    websocket: false,
    chunks: true,
    route: "/doorbell",
    says: /"rings":/,
    channel: "/doorbell",
    publish: (origin) => send(`${origin}/doorbell`, "It is Ann"),
    published: (data) => JSON.stringify(data).includes("It is Ann"),
  },
  "13_own_loop": {
    websocket: false,
    chunks: false,
    route: "/health",
    says: /^well/,
  },
};
