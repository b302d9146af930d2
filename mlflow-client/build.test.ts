import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlflow-client-"));
  execFileSync(process.execPath, [join(import.meta.dirname, "build.ts"), join(folder, "dist")]);
  tarball = execFileSync("npm", ["pack", "--silent", "./dist"], { cwd: folder, encoding: "utf8" }).trim();
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  execFileSync("npm", ["install", "--offline", "--silent", `./${tarball}`], { cwd: folder });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("an empty project runs the packed client under plain Node", async () => {
  const program = `
    import { MlflowClient, MlflowError } from "mlflow-client";
    const answer = { experiment: { experiment_id: "1", name: "launches", artifact_location: "", lifecycle_stage: "active" } };
    const client = new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: async () => Response.json(answer) });
    console.log((await client.experiments.get("1")).name, MlflowError.name);
  `;
  await writeFile(join(folder, "program.js"), program);
  expect(execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" })).toBe("launches MlflowError\n");
});

test("a TypeScript project sees its types", { timeout: 60_000 }, async () => {
  const program = `
    import { MlflowClient, type Run } from "mlflow-client";
    const client = new MlflowClient({ trackingUri: "http://127.0.0.1" });
    export const run: Promise<Run> = client.runs.get("r");
    // @ts-expect-error a version is a number
    export const version = client.modelVersions.get("falcon", "1");
  `;
  await writeFile(join(folder, "program.ts"), program);
  const compilerOptions = { noEmit: true, strict: true, module: "nodenext", target: "es2022", lib: ["es2022", "dom"], types: [] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  expect(execFileSync(process.execPath, [compiler], { cwd: folder, encoding: "utf8" })).toBe("");
});

test("the package needs no other, and brings no tests along", async () => {
  const lock = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"));
  expect(Object.keys(lock.packages)).toEqual(["", "node_modules/mlflow-client"]);
  const packed = execFileSync("tar", ["-tzf", tarball], { cwd: folder, encoding: "utf8" });
  expect(packed).not.toMatch(/test|live-server|scripted-server/);
});
