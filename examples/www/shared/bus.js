// What every page needs of cometd.js: one connection, its state for the eye, and a place to subscribe that is right
// again after each handshake.
import { CometD } from "../vendor/cometd/cometd.js";

const words = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Connection lost, trying again…",
  slow: "Connected, slowly: many windows are open",
  ended: "Disconnected by the server",
};

/**
 * Connects to the bus that served the page.
 * @param ready called after every handshake, and in a batch: the place to subscribe, since a new session has none
 * @param polls without WebSocket, for a page that counts responses
 * @param state called with `connecting`, `connected`, `slow`, `waiting` or `ended` when that changes; after `ended` the
 *   server wants to hear no more of this connection
 */
export function connect({ ready, state = () => {}, polls = false }) {
  const cometd = new CometD();
  // `?transport=long-polling` shows how it is where WebSocket does not get through.
  const asked = new URLSearchParams(location.search).get("transport");
  if (polls || asked === "long-polling") cometd.unregisterTransport("websocket");
  cometd.configure({ url: `${location.origin}/bayeux`, maxBackoff: 5000, logLevel: "warn" });

  let shown;
  const show = (name) => {
    if (name === shown) return;
    shown = name;
    for (const badge of document.querySelectorAll("[data-connection]")) {
      badge.dataset.connection = name;
      badge.textContent = words[name];
    }
    state(name);
  };

  cometd.addListener("/meta/handshake", (reply) => {
    if (reply.successful) cometd.batch(() => ready(cometd));
    else if (reply.advice?.reconnect !== "none") show("waiting");
  });
  cometd.addListener("/meta/connect", (reply) => {
    if (cometd.isDisconnected()) return;
    if (!reply.successful) show("waiting");
    else show(reply.advice?.["multiple-clients"] ? "slow" : "connected");
  });

  // Whether it was given up for good is known when cometd.js is through with the message.
  const look = () => setTimeout(() => cometd.isDisconnected() && show("ended"));
  cometd.addListener("/meta/disconnect", look);
  cometd.addListener("/meta/unsuccessful", look);

  // A closed window says goodbye at once; without this, others would see it until its session times out.
  addEventListener("pagehide", (event) => {
    const clientId = cometd.getClientId();
    if (event.persisted || !clientId) return;
    fetch("/bayeux/disconnect", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify([{ channel: "/meta/disconnect", clientId, id: "bye" }]),
    });
  });

  show("connecting");
  cometd.handshake();
  return cometd;
}

/** Makes an element; `content` is text or elements, and never HTML. */
export function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...content);
  return made;
}
