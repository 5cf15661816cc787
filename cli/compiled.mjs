// Loads the compiled program together with what V8 made of it at an earlier start, which is half of the work of a start.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const DIGEST_BYTES = 32;

/** Each command keeps its own, because V8 compiles what is called. `keep` is for the end of a good run. */
export function loadCompiled(file, [command = ""]) {
  const source = readFileSync(file);
  const place = join(cacheFolder(), /^[a-z]+$/.test(command) ? command : "bednet");
  const cachedData = kept(place, source);
  const asFunction = `(function (require, module, exports, __filename, __dirname) {${source}\n})`;
  const script = new Script(asFunction, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(createRequire(file), module, module.exports, file, dirname(file));
  const keep = () => {
    if (place && (cachedData === undefined || script.cachedDataRejected))
      write(place, source, script.createCachedData());
  };
  return { ...module.exports, keep };
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bednet/compiled");
}

/** V8 compares its own version and the length of the source; that nothing else changed is for us to know. */
function digestOf(source, data) {
  return createHash("sha256").update(source).update(data).digest();
}

function kept(place, source) {
  try {
    const content = readFileSync(place);
    const data = content.subarray(DIGEST_BYTES);
    return digestOf(source, data).equals(content.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Where it cannot be kept, the next start takes as long as this one. */
function write(place, source, data) {
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    writeFileSync(`${place}.${process.pid}`, Buffer.concat([digestOf(source, data), data]), { mode: 0o600 });
    renameSync(`${place}.${process.pid}`, place);
  } catch {}
}
