import faye from "faye";

import { fayeClient } from "../clients/faye.js";
import { clientSuite } from "../support/suite.js";

// Faye waits so many seconds after a failed request; its default is five.
const retry = 0.5;

clientSuite("Faye, websocket", (url) => fayeClient(new faye.Client(url, { retry })), { type: "websocket" });
clientSuite("Faye, long-polling", (url) => fayeClient(new faye.Client(url, { retry }), { disabled: ["websocket"] }),
  { endpoint: "/faye", type: "long-polling" });
