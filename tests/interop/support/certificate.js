import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A certificate for 127.0.0.1 and its key, in files of a new folder, good for a day and known to nobody. */
export class Certificate {
  #folder = mkdtempSync(path.join(tmpdir(), "bayeux-"));

  constructor() {
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
      "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", this.key, "-out", this.file], { stdio: "pipe" });
  }

  get file() { return path.join(this.#folder, "certificate.pem"); }
  get key() { return path.join(this.#folder, "key.pem"); }

  /** What a server has to be told to use it. */
  get options() { return ["--certificate", this.file, "--key", this.key]; }

  remove() { rmSync(this.#folder, { recursive: true }); }
}
