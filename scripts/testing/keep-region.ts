import { once } from "node:events";
import { rm } from "node:fs/promises";
import { down } from "@falconry/infra/local/down.ts";
import { up } from "@falconry/infra/local/up.ts";

// keep-region.ts FOLDER: starts a region there, says "up" on stdout, and takes the region down with its folder when stdin ends,
// which it does when the starter asks for it and when the starter is killed.
const folder = process.argv[2];
if (folder === undefined) throw new TypeError("keep-region.ts needs a folder");

// A starter that was killed reads no more; that must not keep the region up.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
const abandoned = once(process.stdin.resume(), "end");
try {
  await up({ folder, progress: (line) => process.stderr.write(`test region: ${line}\n`) });
  process.stdout.write("up\n");
  await abandoned;
} finally {
  await down({ folder });
  await rm(folder, { recursive: true, force: true });
}
