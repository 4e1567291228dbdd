import { connect, element } from "./shared/bus.js";

const at = (id) => document.getElementById(id);
const self = crypto.getRandomValues(new Uint32Array(2)).join("-");
const origin = { [self]: "this window", server: "the server" };
const kept = 30;
const daytime = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
let arrived = 0;

function show({ data }) {
  const now = new Date();
  const clock = now.toLocaleTimeString([], { ...daytime, fractionalSecondDigits: 3 });
  at("list").prepend(
    element("li", {},
      element("span", {},
        element("strong", {}, String(data.text)),
        element("span", { class: "origin" }, `from ${origin[data.from] ?? "another window"}`)),
      element("time", { datetime: now.toISOString() }, clock)));
  while (at("list").childElementCount > kept) at("list").lastElementChild.remove();
  at("empty").hidden = true;
  at("count").textContent = `${++arrived} so far`;
}

function tick({ data }) {
  at("time").textContent = new Date(data.now).toLocaleTimeString([], daytime);
  at("windows").textContent = `is the server’s time, seen in ${data.windows === 1 ? "one window" : `${data.windows} windows`}`;
}

const cometd = connect({
  ready(cometd) {
    cometd.subscribe("/hello/world", show);
    cometd.subscribe("/hello/time", tick);
  },
  state(name) {
    at("hello").disabled = name !== "connected" && name !== "slow";
  },
});

at("push").textContent = `curl ${location.origin}/push`;
at("hello").addEventListener("click", () => cometd.publish("/hello/world", { text: "hello world", from: self }));
