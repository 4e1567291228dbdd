import { after, before, describe } from "node:test";

import { Pages } from "../support/pages.js";
import { clientSuite } from "../support/suite.js";

describe("dojox.cometd 1.7 in Chromium", () => {
  let pages;
  before(async () => { pages = await Pages.start(); });
  after(() => pages.stop());

  clientSuite("long-polling, a page of the server",
    (url, origin) => pages.client("dojox", pages.home(origin), { url, types: ["long-polling"] }), { type: "long-polling" });
  clientSuite("callback-polling, a page of the server",
    (url, origin) => pages.client("dojox", pages.home(origin), { url, types: ["callback-polling"] }), { type: "callback-polling", notices: false });
  clientSuite("callback-polling, a page of another site",
    (url) => pages.client("dojox", pages.away, { url }), { type: "callback-polling" });
});
