import { connect, element } from "./shared/bus.js";

const at = (id) => document.getElementById(id);
const kept = 6;

function heard({ channel, data }) {
  const room = channel.split("/")[2];
  at("rooms").prepend(element("li", {}, element("strong", {}, room), String(data.text)));
  while (at("rooms").childElementCount > kept) at("rooms").lastElementChild.remove();
}

const cometd = connect({
  ready(cometd) {
    cometd.subscribe("/rooms/*", heard);
  },
  state(name) {
    for (const button of document.querySelectorAll("form button")) button.disabled = name !== "connected" && name !== "slow";
  },
});

/** Has a form call a remote call when it is submitted. */
function wire(id, target, data, words) {
  const form = at(id);
  const output = form.parentElement.querySelector("output");
  const say = (state, text) => {
    output.className = state;
    output.textContent = text;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const start = performance.now();
    say("waiting", "Called…");
    cometd.remoteCall(target(), data(), (answer) => {
      const took = `after ${(performance.now() - start).toFixed(1)} ms`;
      if (answer.successful) say("good", `${words(answer.data)} ${took}`);
      else say("bad", `It failed ${took}${answer.data?.reason ? `: ${answer.data.reason}` : ""}.`);
    });
  });
}

const input = (id) => at(id).querySelector("input").value;
wire("echo", () => "echo", () => ({ text: input("echo") }), ({ text }) => `“${text}” came back`);
wire("factor", () => "factor", () => ({ number: Number(input("factor")) }), ({ factors }) => `${factors.join(" × ")}, found`);
wire("forget", () => "forget", () => ({}), () => "It answered");
wire("room", () => `room/${at("room").querySelector("select").value}`, () => ({ text: input("room") }),
  ({ room, heard }) => `The ${room} was heard in ${heard === 1 ? "one window" : `${heard} windows`}`);
