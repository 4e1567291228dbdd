import { CometD } from "cometd";
import cometd3 from "cometd-3";
import { adapt } from "cometd-nodejs-client";

import { cometdClient } from "../clients/cometd.js";
import { clientSuite } from "../support/suite.js";

adapt();

clientSuite("cometd.js 9, long-polling", (url) => cometdClient(new CometD(), { url, types: ["long-polling"] }), { type: "long-polling" });
clientSuite("cometd.js 9, websocket", (url) => cometdClient(new CometD(), { url, types: ["websocket"] }), { type: "websocket" });
clientSuite("cometd.js 9, with all its transports", (url) => cometdClient(new CometD(), { url }), { type: "websocket" });
clientSuite("cometd.js 3, long-polling", (url) => cometdClient(new cometd3.CometD(), { url, types: ["long-polling"] }), { type: "long-polling" });
clientSuite("cometd.js 3, websocket", (url) => cometdClient(new cometd3.CometD(), { url, types: ["websocket"] }), { type: "websocket" });
