import { connect, element } from "./shared/bus.js";

const at = (id) => document.getElementById(id);
const kept = 12;
const window_tag = crypto.getRandomValues(new Uint32Array(2)).join("-");
const samples = {
  "plain": { text: "Hello", stars: 4 },
  "markup": { text: "<b>Bold</b> & <script>alert(1)</script>" },
  "shouting": { text: "CAN ANYBODY HEAR ME?" },
  "both at once": { text: "<I>LISTEN!</I>" },
  "six stars": { text: "Splendid", stars: 6 },
  "no text": { txt: "A typing error" },
};

const rows = new Map();
let last = 0;

function row(tag, sent) {
  const cell = element("td", {}, "…");
  at("rows").prepend(element("tr", {}, element("td", sent ? {} : { class: "same" }, sent ?? "by another window"), cell));
  while (at("rows").childElementCount > kept) at("rows").lastElementChild.remove();
  at("empty").hidden = true;
  rows.set(tag, { sent, cell });
  return rows.get(tag);
}

function fill({ cell }, state, text, note) {
  cell.className = state;
  cell.replaceChildren(text, element("span", { class: "note" }, note));
}

function arrived({ data: { tag, ...data }, ext }) {
  const entry = rows.get(tag) ?? row(tag);
  const text = JSON.stringify(data);
  fill(entry, text === entry.sent ? "same" : "changed", text, `number ${ext.postmark.number} of all that was published`);
}

function publish(data) {
  const tag = `${window_tag}-${++last}`;
  const entry = row(tag, JSON.stringify(data));
  cometd.publish("/posts", { ...data, tag }, (reply) => {
    const sent = reply.ext?.postmark.sent;
    if (!reply.successful) fill(entry, "stopped", String(reply.error ?? "no answer"), sent ? `number ${sent} from this window` : "");
  });
}

const cometd = connect({
  ready(cometd) {
    cometd.subscribe("/posts", arrived);
  },
  state(name) {
    at("send").disabled = name !== "connected" && name !== "slow";
    for (const button of at("samples").children) button.disabled = at("send").disabled;
  },
});

at("text").value = JSON.stringify(samples.plain);
at("text").addEventListener("input", () => at("text").setCustomValidity(""));
at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  let data;
  try {
    data = JSON.parse(at("text").value);
  } catch (error) {
    at("text").setCustomValidity(`This is not JSON: ${error.message}`);
    at("text").reportValidity();
    return;
  }
  publish(data);
});
at("samples").append(...Object.entries(samples).map(([name, data]) => element("button", {
  disabled: true,
  onclick: () => {
    at("text").value = JSON.stringify(data);
    publish(data);
  },
}, name)));
