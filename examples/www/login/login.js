import { connect, element } from "./shared/bus.js";

const at = (id) => document.getElementById(id);
const everybody = ["ann", "bob", "cleo"];
const kept = 20;

function show({ data }) {
  at("empty").hidden = true;
  at("notes").prepend(
    element("li", {},
      element("span", {}, String(data.text)),
      element("time", {}, new Date().toLocaleTimeString([], { hour12: false }))));
  while (at("notes").childElementCount > kept + 1) at("empty").previousElementSibling.remove();
}

function listen_at(cometd, door) {
  const channel = `/users/${door}/**`;
  cometd.subscribe(channel, show, (reply) => {
    at("verdict").classList.toggle("no", !reply.successful);
    at("verdict").textContent = reply.successful ? `You may listen to ${channel}.` : `${channel}: ${reply.error}`;
  });
}

function come_in(user) {
  const notes = `/users/${user}/notes`;
  let leaving = false;
  at("logout").form.addEventListener("submit", () => { leaving = true; });
  at("in").hidden = false;
  at("name").textContent = user;
  at("mine").textContent = `/users/${user}/**`;
  const cometd = connect({
    ready(cometd) {
      cometd.subscribe(notes, show);
    },
    state(name) {
      at("send").disabled = name !== "connected" && name !== "slow";
      // Signed out in another window: what was on this page is nobody's business any more.
      if (name === "ended" && !leaving) location.replace("/");
    },
  });
  at("doors").append(...everybody.filter((one) => one !== user).map((one) =>
    element("button", { onclick: () => listen_at(cometd, one) }, `Listen to ${one}`)));
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (at("text").value.trim()) cometd.publish(notes, { text: at("text").value });
    at("text").value = "";
  });
}

const { user } = await (await fetch("/me")).json();
if (user) {
  come_in(user);
} else {
  at("out").hidden = false;
  at("refused").hidden = location.search !== "?refused";
  at("user").focus();
}
