// Exits 0 when node_modules holds what package-lock.json pins. npm writes node_modules/.package-lock.json last, so an interrupted
// installation never matches. Plain CommonJS: it runs before the project's own Node is there.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const checkout = process.argv[2];
const pinned = packages("package-lock.json");
const installed = packages("node_modules/.package-lock.json");
const different = Object.keys(pinned).filter((path) => path.includes("node_modules/") && !matches(pinned[path], installed[path]));
process.exitCode = different.length === 0 ? 0 : 1;

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(checkout, file), "utf8")).packages;
  } catch {
    return {};
  }
}

/** An optional package of another platform is pinned, and rightly not installed. */
function matches(wanted, found) {
  if (found === undefined) return wanted.optional === true || wanted.peer === true;
  return wanted.version === found.version && wanted.integrity === found.integrity;
}
