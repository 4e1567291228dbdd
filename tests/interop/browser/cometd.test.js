import { after, before, describe } from "node:test";

import { Pages } from "../support/pages.js";
import { clientSuite } from "../support/suite.js";

describe("cometd.js in Chromium", () => {
  let pages;
  before(async () => { pages = await Pages.start(); });
  after(() => pages.stop());

  for (const type of ["websocket", "long-polling", "callback-polling"]) {
    clientSuite(`${type}, a page of the server`,
      (url, origin) => pages.client("cometd", pages.home(origin), { url, types: [type] }), { type });
    clientSuite(`${type}, a page of another site`,
      (url) => pages.client("cometd", pages.away, { url, types: [type] }), { type });
  }
});
