// Preloaded by the launcher, and by own-program.ts: keeps TypeScript sources as Node runs them, without their types, so that only a changed file is stripped
// again. Stripping is most of the command's start, and Node's own compile cache does not cover it. JavaScript, so as to start at once.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

const cache = process.env.NODE_COMPILE_CACHE;
const folder = `${cache}/sources-${process.version}`;

if (cache) {
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
      return { format: "module", shortCircuit: true, source: stripped(fileURLToPath(url)) };
    },
  });
}

/** Types become spaces, so that lines and columns stay; what a kept source was made from stands behind its last line. */
function stripped(path) {
  const { mtimeMs, size } = statSync(path);
  const stamp = `\n// ${mtimeMs} ${size}`;
  const keptPath = `${folder}/${path.replaceAll("/", "%")}`;
  const kept = readIfThere(keptPath);
  if (kept?.endsWith(stamp)) return kept;
  const source = stripTypeScriptTypes(readFileSync(path, "utf8")) + stamp;
  keep(keptPath, source);
  return source;
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written costs time, nothing else. */
function keep(path, source) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, source);
    renameSync(`${path}.${process.pid}`, path);
  } catch {}
}
