import jsforce from "jsforce";

import { fayeClient } from "../clients/faye.js";
import { clientSuite } from "../support/suite.js";

// jsforce makes a Faye client with headers of its own, on a path with a dot in it.
function open(url, origin) {
  const connection = new jsforce.Connection({ instanceUrl: origin, accessToken: "token", version: "58.0" });
  const client = connection.streaming.createClient([{ outgoing: (message, next) => next(message) }]);
  client._dispatcher.retry = 0.5;  // It cannot be told otherwise, and its five seconds make long tests.
  return fayeClient(client);
}

clientSuite("jsforce", open, { endpoint: "/cometd/58.0", type: "websocket" });
