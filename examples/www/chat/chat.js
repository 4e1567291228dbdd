import { connect } from "./shared/bus.js";
import { at, view } from "./view.js";

// What this window is. It outlives a reload, and is not shared with other windows.
const me = {
  name: sessionStorage.getItem("name") ?? "",
  room: location.hash.slice(1) || sessionStorage.getItem("room") || "lobby",
  token: sessionStorage.getItem("token") ?? crypto.getRandomValues(new Uint32Array(4)).join(""),
  inside: sessionStorage.getItem("inside") === "yes",
};
let subscriptions = [];
let recipient = null;

const remember = () => {
  for (const key of ["name", "room", "token"]) sessionStorage.setItem(key, me[key]);
  sessionStorage.setItem("inside", me.inside ? "yes" : "no");
  history.replaceState(null, "", me.inside ? `#${me.room}` : location.pathname);
};

const call = (service, data, done) => cometd.remoteCall(`chat/${service}`, data, (answer) => {
  if (answer.data) done(answer.data);
  else done({ error: "The server did not answer. Please try again." });
});

const connected = () => !cometd.isDisconnected() && cometd.getStatus() === "connected";

/** Takes a seat. Subscribing comes first, so that nothing is missed between what the answer holds and what follows. */
function join(cometd, { fresh }) {
  cometd.batch(() => {
    const heard = (message) => view.add(message.data);
    const counted = (message) => view.members(message.data, me.name);
    const listening = [cometd.subscribe(`/chat/${me.room}`, heard), cometd.subscribe(`/chat/${me.room}/members`, counted)];
    const { room, name, token } = me;
    cometd.remoteCall("chat/join", { room, name, token }, ({ data }) => {
      if (!data || data.error) {
        listening.forEach((one) => cometd.unsubscribe(one));
        return refused(data?.error ?? "The server did not answer. Please try again.");
      }
      me.inside = true;
      remember();
      subscriptions = listening;
      view.enter(me, fresh);
      view.members(data, me.name);
      data.history.forEach((message) => view.add(message));
    });
  });
}

function refused(error) {
  me.inside = false;
  remember();
  view.door(error);
}

function move(room) {
  if (room === me.room || !connected()) return;
  cometd.batch(() => {
    subscriptions.forEach((one) => cometd.unsubscribe(one));
    me.room = room;
    whisperTo(null);
    join(cometd, { fresh: true });
  });
}

function leave() {
  cometd.batch(() => {
    subscriptions.forEach((one) => cometd.unsubscribe(one));
    call("leave", {}, () => {});
  });
  refused("");
}

function whisperTo(name) {
  recipient = name;
  view.recipient(name, me.room);
}

function send(text) {
  if (recipient !== null) {
    call("private", { to: recipient, text }, (answer) => (answer.error ? view.notice(answer.error, text) : view.add(answer)));
    return;
  }
  cometd.publish(`/chat/${me.room}`, { text }, (reply) => {
    if (!reply.successful) view.notice("That was not delivered.", text);
  });
}

view.onMember = (name) => whisperTo(name === recipient ? null : name);
view.onRoom = move;

const cometd = connect({
  ready(cometd) {
    cometd.subscribe("/rooms", (message) => view.rooms(message.data, me.room));
    call("rooms", {}, (overview) => overview.rooms && view.rooms(overview, me.room));
    if (me.inside) join(cometd, { fresh: false });
  },
  state(name) {
    const online = name === "connected" || name === "slow";
    at("enter").disabled = !online;
    at("send").disabled = !online;
    at("text").placeholder = online ? view.hint : "Waiting for the connection…";
  },
});
cometd.addListener("/service/chat/private", (message) => view.add(message.data));

at("join").addEventListener("submit", (event) => {
  event.preventDefault();
  me.name = at("name").value.trim();
  me.room = at("room").value.trim();
  join(cometd, { fresh: true });
});
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (text === "" || !connected()) return;
  at("text").value = "";
  send(text);
});
at("new-room").addEventListener("submit", (event) => {
  event.preventDefault();
  const room = at("new-room-name").value.trim().toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "");
  at("new-room-name").value = "";
  if (room !== "") move(room);
});
at("leave").addEventListener("click", leave);
at("to").addEventListener("click", () => whisperTo(null));
addEventListener("keydown", (event) => event.key === "Escape" && whisperTo(null));

if (me.inside) view.enter(me, true);
else view.door("", me);
