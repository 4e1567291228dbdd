// The push client of groupme behind the face that its tests know. It has neither publish nor disconnect messages, and
// takes its URL from a table of constants.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** @param url of the bus; @param user whose channel it subscribes to, and @param groups whose channels beside it */
export function groupmeClient({ url, user, groups }) {
  require("groupme/lib/Constants").WEBSOCKETS_BASEURL = url.replace(/^http/, "ws");
  const IncomingStream = require("groupme/lib/IncomingStream");
  const stream = new IncomingStream("token", user, groups);
  const heard = [];
  const errors = [];
  const states = [];
  const subscribed = [];
  stream.on("message", (message) => (message.data === undefined ? undefined : heard.push(message)));
  stream.on("error", (...what) => errors.push(what));
  for (const state of ["pending", "connected", "disconnected"]) stream.on(state, () => states.push(state));
  const answered = stream.subscribeResponse.bind(stream);
  stream.subscribeResponse = (reply) => {
    if (reply.successful) subscribed.push(reply.subscription);
    answered(reply);
  };
  return { stream, heard, errors, states, subscribed };
}
