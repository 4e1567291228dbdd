import { after, before, describe } from "node:test";

import { Pages } from "../support/pages.js";
import { clientSuite } from "../support/suite.js";

describe("Faye in Chromium", () => {
  let pages;
  before(async () => { pages = await Pages.start(); });
  after(() => pages.stop());

  clientSuite("websocket, a page of the server",
    (url, origin) => pages.client("faye", pages.home(origin), { url }), { type: "websocket" });
  clientSuite("websocket, a page of another site",
    (url) => pages.client("faye", pages.away, { url }), { type: "websocket" });
  clientSuite("long-polling, a page of the server",
    (url, origin) => pages.client("faye", pages.home(origin), { url, disabled: ["websocket", "eventsource"] }));
  clientSuite("cross-origin-long-polling, a page of another site",
    (url) => pages.client("faye", pages.away, { url, disabled: ["websocket"] }));
  clientSuite("callback-polling, a page of another site",
    (url) => pages.client("faye", pages.away, { url, disabled: ["websocket", "cross-origin-long-polling"] }));
});
