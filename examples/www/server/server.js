import { connect } from "./shared/bus.js";

const at = (id) => document.getElementById(id);
const endpoint = `${location.origin}/bayeux`;

const cometd = connect({
  ready() {},
  state(name) {
    at("send").disabled = name !== "connected" && name !== "slow";
  },
});

cometd.addListener("/meta/handshake", (reply) => {
  if (reply.successful) at("types").textContent = reply.supportedConnectionTypes.join(", ");
});
cometd.addListener("/meta/connect", (reply) => {
  if (reply.advice?.timeout) at("timeout").textContent = `${reply.advice.timeout / 1000} seconds`;
});

at("endpoint").textContent = endpoint;
at("snippet").textContent = `import { CometD } from "cometd";

const cometd = new CometD();
cometd.configure({ url: "${endpoint}" });
cometd.handshake((reply) => {
  if (!reply.successful) return;
  cometd.subscribe("/hello/world", (message) => console.log(message.data));
  cometd.publish("/hello/world", { text: "hello" });
});`;

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const start = performance.now();
  cometd.remoteCall("echo", { text: at("text").value }, (answer) => {
    const took = (performance.now() - start).toFixed(1);
    at("answer").textContent = answer.data ? `“${answer.data.text}” came back after ${took} ms.` : "No answer came back.";
  });
  at("text").value = "";
});
