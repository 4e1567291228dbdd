// What the chat looks like: everything that touches the document. Text of others is only ever set as text.
import { element } from "./shared/bus.js";

export const at = (id) => document.getElementById(id);

const togetherFor = 5 * 60 * 1000;
const kept = 500;
let self = "";
let room = "";
let seen = new Set();
let last = null;
let unread = 0;
let present = { version: -1, members: [] };
let roomsVersion = -1;

const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** A hue of its own for everybody, the same in every window. */
const hue = (name) => [...name].reduce((sum, letter) => (sum * 137 + letter.codePointAt(0) * 53) % 360, 7);
const face = (name) => element("span", { class: "face", style: `--hue: ${hue(name)}`, "aria-hidden": "true" }, [...name][0].toUpperCase());

function title() {
  const place = at("chat").hidden ? "Chat" : `#${room}`;
  document.title = unread > 0 ? `(${unread}) ${place}` : place;
}

function append(item) {
  const scroll = at("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  at("messages").append(item);
  while (at("messages").childElementCount > kept) at("messages").firstElementChild.remove();
  at("empty").hidden = true;
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
}

function privately(message) {
  if (!message.to) return "";
  return message.from === self ? `privately to ${message.to}` : "to you, privately";
}

export const view = {
  hint: "Say something…",
  onMember() {},
  onRoom() {},

  /** Shows the form to come in, with what went wrong. */
  door(error, me) {
    at("door").hidden = false;
    at("chat").hidden = true;
    at("refusal").textContent = error;
    at("refusal").hidden = error === "";
    if (me) {
      at("name").value = me.name;
      at("room").value = me.room;
    }
    (at("name").value === "" || error !== "" ? at("name") : at("enter")).focus();
    title();
  },

  /** Shows the room; a fresh one is empty, otherwise what is shown stays. */
  enter(me, fresh) {
    at("door").hidden = true;
    at("chat").hidden = false;
    self = me.name;
    room = me.room;
    at("title").textContent = `#${room}`;
    at("me").replaceChildren(face(self), self);
    present = { version: -1, members: [] };
    if (fresh) {
      seen = new Set();
      last = null;
      at("messages").replaceChildren();
      at("members").replaceChildren();
      at("empty").hidden = false;
    }
    for (const one of at("rooms").children) one.firstChild.toggleAttribute("aria-current", one.dataset.room === room);
    this.recipient(null);
    title();
  },

  add(message) {
    const key = message.to ? `${message.at} ${message.from} ${message.to}` : message.at;
    if (seen.has(key)) return;
    seen.add(key);
    const mark = privately(message);
    const joins = last && last.from === message.from && last.mark === mark && message.at - last.at < togetherFor;
    last = { from: message.from, at: message.at, mark };
    const head = joins ? [] : [
      face(message.from),
      element("header", {},
        element("strong", {}, message.from),
        mark && element("span", { class: "mark" }, mark),
        element("time", { datetime: new Date(message.at).toISOString() }, clock(message.at))),
    ];
    append(element("li", {
      class: `${joins ? "joins" : ""} ${mark ? "private" : ""} ${message.from === self ? "mine" : ""}`,
    }, ...head, element("p", {}, message.text)));
    if (document.hidden) unread += 1;
    title();
  },

  /** A line of our own, such as who came; with `text`, something that could not be sent and may be sent again. */
  notice(line, text) {
    last = null;
    const again = text && element("button", { class: "plain", onclick: () => { at("text").value = text; at("text").focus(); } }, "Edit");
    append(element("li", { class: text ? "notice failed" : "notice" }, line, ...(again ? [again] : [])));
  },

  members({ version, members }, name) {
    if (version < present.version) return;
    if (present.version >= 0) {
      for (const one of members) if (!present.members.includes(one)) this.notice(`${one} came in`);
      for (const one of present.members) if (!members.includes(one)) this.notice(`${one} left`);
    }
    present = { version, members };
    at("members").replaceChildren(...members.map((one) => element("li", {}, one === name
      ? element("span", { class: "row" }, face(one), element("span", {}, one), element("small", {}, "you"))
      : element("button", { class: "row", title: `Write to ${one} privately`, onclick: () => this.onMember(one) },
          face(one), element("span", {}, one), element("small", {}, "write")))));
    if (members.length === 1) at("members").append(element("li", { class: "alone" }, "Nobody else yet. Open this page in another window."));
  },

  rooms({ version, rooms }, current) {
    if (version < roomsVersion) return;
    roomsVersion = version;
    at("rooms").replaceChildren(...rooms.map((one) => element("li", { "data-room": one.name },
      element("button", { class: "row", "aria-current": one.name === current, onclick: () => this.onRoom(one.name) },
        element("span", {}, `#${one.name}`), element("small", {}, one.members || "")))));
    at("suggestions").replaceChildren(...rooms.map((one) => element("button", {
      type: "button", class: "chip", onclick: () => { at("room").value = one.name; at("name").focus(); },
    }, one.name, element("small", {}, one.members || ""))));
  },

  /** To whom the next message goes: one member, or everybody in the room. */
  recipient(name) {
    at("to").hidden = name === null;
    at("to").textContent = name === null ? "" : `Only to ${name}  ✕`;
    at("composer").classList.toggle("private", name !== null);
    this.hint = name === null ? `Message #${room}` : `Message ${name}, privately`;
    at("text").placeholder = this.hint;
    drawer(false);
    if (!at("chat").hidden) at("text").focus();
  },
};

/** On a narrow screen the rooms and members are a drawer. */
function drawer(open) {
  at("side").classList.toggle("open", open);
  at("menu").setAttribute("aria-expanded", String(open));
}

at("menu").addEventListener("click", (event) => {
  drawer(!at("side").classList.contains("open"));
  event.stopPropagation();
});
document.addEventListener("click", (event) => at("side").contains(event.target) || drawer(false));
addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  title();
});
