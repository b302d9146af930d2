// Makes the package that is published: JavaScript, declarations and a package.json of its own, in dist/ or the folder given.
import { execFileSync } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const room = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(room, "dist"));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

await rm(dist, { recursive: true, force: true });
execFileSync(process.execPath, [compiler, "-p", join(room, "tsconfig.build.json"), "--outDir", dist], { stdio: "inherit" });

const { name, version, description, license, type } = JSON.parse(await readFile(join(room, "package.json"), "utf8"));
const manifest = {
  name,
  version,
  description,
  license,
  type,
  engines: { node: ">=20.12" },
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
};
await writeFile(join(dist, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
for (const text of ["README.md", "CHANGELOG.md"]) await cp(join(room, text), join(dist, text));
