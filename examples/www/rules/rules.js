import { element } from "./shared/bus.js";
import { CometD } from "./vendor/cometd/cometd.js";

const at = (id) => document.getElementById(id);
const people = [
  { name: "", title: "Nobody", roles: "not logged in" },
  { name: "ben", title: "Ben", roles: "member" },
  { name: "ann", title: "Ann", roles: "member, moderator" },
  { name: "mallory", title: "Mallory", roles: "member, banned" },
];
const channels = ["/news", "/chat/lobby", "/chat/*", "/staff/plans", "/other", "/service/vote"];
const reasons = { denied_by_not_granting: "no rule grants it", denied_by_rules: "a rule refuses it" };
const kept = 8;
let session;

/** What an error of the server means, for people. */
function meaning(error) {
  const [code, reason] = error.split(":");
  if (code === "404") return "a filter dropped it";
  return reasons[reason] ?? (reason || error).replaceAll("_", " ");
}

function show_connection(state, words) {
  at("connection").dataset.connection = state;
  at("connection").textContent = words;
}

function show_outcome(door, reply) {
  const error = reply.successful ? "" : String(reply.error ?? "no answer");
  door.dataset.outcome = reply.successful ? "yes" : "no";
  door.replaceChildren(reply.successful ? "Yes" : `No: ${meaning(error)}`, element("small", {}, error));
}

function hear({ channel, data }) {
  at("heard").prepend(element("li", {}, element("code", {}, channel), String(data.text)));
  while (at("heard").childElementCount > kept) at("heard").lastElementChild.remove();
  at("silence").hidden = true;
}

/** The file, with the line of its error where it has one. */
function show_rules({ text, error }) {
  const line = Number(error.match(/:(\d+):\d+:/)?.[1]);
  at("rules").replaceChildren(...text.split("\n").map((one, i) => (i + 1 === line ? element("mark", {}, one) : `${one}\n`)));
  at("error").textContent = error;
  at("error").hidden = !error;
}

const tries = {
  subscribe(channel, done) {
    const before = session.heard.get(channel);
    if (before) session.cometd.unsubscribe(before);
    session.heard.set(channel, session.cometd.subscribe(channel, hear, done));
  },
  publish(channel, done) {
    session.cometd.publish(channel, { text: at("text").value }, done);
  },
};

function door(operation, channel) {
  const impossible = operation === "subscribe" ? channel.startsWith("/service/") : channel.endsWith("*");
  if (impossible) return element("td", {});
  const button = element("button", {
    class: "door",
    "data-door": `${operation} ${channel}`,
    onclick: () => tries[operation](channel, (reply) => show_outcome(button, reply)),
  });
  return element("td", {}, button);
}

function close_doors() {
  at("doors").replaceChildren(...channels.map((channel) =>
    element("tr", {}, element("td", {}, element("code", {}, channel)), door("subscribe", channel), door("publish", channel))));
  for (const button of document.querySelectorAll(".door")) button.textContent = "Try";
  at("heard").replaceChildren();
  at("silence").hidden = false;
}

/** A session of its own for whom one says one is. */
function become({ name, title }) {
  session?.cometd.disconnect();
  for (const button of at("people").children) button.setAttribute("aria-checked", String(button.dataset.name === name));
  close_doors();
  show_connection("connecting", "Connecting…");

  const cometd = new CometD();
  session = { cometd, heard: new Map() };
  cometd.configure({ url: `${location.origin}/bayeux`, maxBackoff: 5000, logLevel: "warn" });
  const mine = () => session.cometd === cometd;
  cometd.addListener("/meta/handshake", (reply) => {
    if (reply.successful && mine()) cometd.subscribe("/rules", ({ data }) => show_rules(data));
  });
  cometd.addListener("/meta/connect", (reply) => {
    if (!mine() || cometd.isDisconnected()) return;
    if (reply.successful) show_connection("connected", `Connected as ${title}`);
    else show_connection("waiting", "Connection lost, trying again…");
  });
  cometd.handshake(name ? { ext: { login: { name } } } : {});
}

at("people").append(...people.map((person) =>
  element("button", { role: "radio", "data-name": person.name, onclick: () => become(person) },
    person.title, element("span", {}, person.roles))));
at("all").addEventListener("click", () => {
  for (const button of document.querySelectorAll(".door")) button.click();
});
at("reload").addEventListener("click", async () => show_rules(await (await fetch("/reload", { method: "POST" })).json()));

show_rules(await (await fetch("/rules")).json());
become(people[0]);
