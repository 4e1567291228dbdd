import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file) => readFileSync(path.join(root, file), "utf8");
const guide = "include/bayeux/guide";
const pages = readdirSync(path.join(root, guide)).filter((name) => name.endsWith(".md"));
const documents = ["README.md", "include/bayeux/README.md", "examples/README.md", "transports/README.md", "tests/README.md",
  "tests/interop/README.md", ...pages.map((name) => `${guide}/${name}`)];

/** The code blocks of a language in a document. */
function blocks(file, language) {
  return [...read(file).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text);
}

describe("links", () => {
  for (const file of documents) {
    test(`of ${file} lead to a file of this tree`, () => {
      const prose = read(file).replace(/^```.*?^```/gms, "");
      const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.replace(/#.*/, ""));
      const local = targets.filter((target) => target !== "" && !/^https?:/.test(target));
      for (const target of local) {
        assert.ok(existsSync(path.join(root, path.dirname(file), target)), `${file} points to ${target}`);
      }
    });
  }

  test("lead from the manual to every page of the guide", () => {
    for (const name of pages) assert.ok(read("include/bayeux/README.md").includes(`(guide/${name})`), name);
  });
});

describe("the lines of the guide for a proxy", () => {
  for (const [language, file] of [["nginx", "nginx.conf.in"], ["haproxy", "haproxy.cfg.in"]]) {
    test(`stand in the ${language} configuration that is tried`, () => {
      const tried = read(`tests/interop/proxies/${file}`).replace("@BUS_PORT@", "8080").split("\n").map((line) => line.trim());
      const shown = blocks(`${guide}/deploying.md`, language).join("").split("\n").map((line) => line.trim()).filter(Boolean);
      assert.ok(shown.length > 5);
      for (const line of shown) assert.ok(tried.includes(line), line);
    });
  }
});

/** Where the limits are declared. */
const structs = {
  Config: "include/bayeux/config.hpp",
  GatewayConfig: "transports/include/bayeux/transports/gateway.hpp",
  WebSocketConfig: "transports/include/bayeux/transports/websocket.hpp",
  AsioServerConfig: "transports/include/bayeux/transports/asio_server.hpp",
};

/** Those that limit nothing. */
const others = ["Config::interval", "Config::shards", "GatewayConfig::duplicate_connect_status", "AsioServerConfig::port", "AsioServerConfig::threads"];

/** What the numbers of a struct are by default, in bytes, milliseconds or pieces. */
function defaults(name) {
  const [, body] = read(structs[name]).match(new RegExp(`^struct ${name} \\{\n(.*?)^\\};`, "ms"));
  const numbers = new Map();
  const member = /^ {2}(?:Milliseconds|std::size_t|std::uint16_t|int) (\w+)(?:\{([^}]*)\}| = ([^;]*));/gm;
  for (const [, field, braced, assigned] of body.matchAll(member)) {
    const [factors, shift = "0"] = (braced ?? assigned).replace(/'|std::size_t\((\d+)\)/g, "$1").split("<<");
    const product = factors.split("*").reduce((value, factor) => value * Number(factor), 1);
    numbers.set(`${name}::${field}`, product * 2 ** Number(shift));
  }
  return numbers;
}

describe("the limits of the guide", () => {
  const units = { "": 1, ms: 1, s: 1000, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
  const rows = new Map([...read(`${guide}/limits.md`).matchAll(/^\| `(\w+::\w+)` \| (\d+) ?(\w*) \|/gm)]
    .map(([, name, number, unit]) => [name, Number(number) * units[unit]]));
  const declared = new Map(Object.keys(structs).flatMap((name) => [...defaults(name)]));

  test("are those of the headers, with their defaults", () => {
    for (const [name, value] of rows) assert.equal(declared.get(name), value, name);
  });

  test("are all there are", () => {
    assert.ok(declared.size > 30);
    const missing = [...declared.keys()].filter((name) => !rows.has(name) && !others.includes(name));
    assert.deepEqual(missing, []);
  });
});
