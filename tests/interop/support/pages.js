import { openBrowser, openWindow, remote } from "./browser.js";
import { Site } from "./site.js";

/** What a window does to get its client, by library. Each runs in the page. */
const makers = {
  cometd: async ([site, { reload, ...options }]) => {
    const { CometD } = await import(`${site}/node_modules/cometd/cometd.js`);
    const { ReloadExtension } = await import(`${site}/node_modules/cometd/ReloadExtension.js`);
    const { cometdClient } = await import(`${site}/clients/cometd.js`);
    const cometd = new CometD();
    if (reload) cometd.registerExtension("reload", new ReloadExtension());
    window.client = cometdClient(cometd, options);
  },
  faye: async ([site, { url, ...options }]) => {
    const { fayeClient } = await import(`${site}/clients/faye.js`);
    window.client = fayeClient(new window.Faye.Client(url, { retry: 0.5 }), options);
  },
  dojox: async ([site, options]) => {
    const { dojoxClient } = await import(`${site}/clients/dojox.js`);
    window.client = dojoxClient(window.dojo, window.dojox, options);
  },
};

// dojox.cometd dates from before modules: each file takes those in front of it to be there.
const dojox = ["_base", "longPollTransportJsonEncoded", "longPollTransport", "callbackPollTransport"];

/** Loads what a maker expects to find as globals. */
const loaders = {
  cometd: async () => {},
  faye: (page, modules) => page.addScriptTag({ url: `${modules}/faye/client/faye-browser.js` }),
  dojox: async (page, modules) => {
    await page.evaluate((at) => {
      const packages = [{ name: "dojo", location: "." }, { name: "dojox", location: "../dojox" }];
      window.dojoConfig = { async: true, baseUrl: `${at}/dojo`, packages };
    }, modules);
    await page.addScriptTag({ url: `${modules}/dojo/dojo.js` });
    await page.evaluate(() => new Promise((done) => {
      window.require(["dojo", "dojo/AdapterRegistry", "dojo/io/script"], () => done());
    }));
    for (const name of dojox) await page.addScriptTag({ url: `${modules}/dojox/cometd/${name}.js` });
  },
};

/** A browser, and a site from which its pages take their clients. */
export class Pages {
  static async start() {
    const pages = new Pages();
    pages.site = await Site.start();
    pages.browser = await openBrowser();
    return pages;
  }

  async stop() {
    await this.browser.close();
    await this.site.stop();
  }

  /** A page of the bus's own origin that has no client of its own: any text that the server serves will do. */
  home(origin) { return `${origin}/shared/style.css`; }

  /** A page of another site. */
  get away() { return `${this.site.foreign}/clients/blank.html`; }

  /** Puts a client into a window, as `window.client`. */
  async load(page, library, options) {
    const site = this.site.origin;
    await loaders[library](page, `${site}/node_modules`);
    await page.evaluate(makers[library], [site, options]);
  }

  /** A client in a browser of its own, in a page at `where`. */
  async client(library, where, options) {
    const context = await this.browser.newContext();
    return this.join(context, library, where, options, () => context.close());
  }

  /** A client in one more window of a browser. */
  async join(context, library, where, options, close) {
    const page = await openWindow(context, where);
    await this.load(page, library, options);
    return remote(page, close ?? (() => page.close()));
  }
}
