import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trackingUri, unusedName } from "./src/live-server.ts";

const versions = ["20.20.2", "22.23.3", "24.21.0"];
/** The same for every clone, as scripts/setup keeps what is large. */
const nodes = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "falconry", "nodes");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlflow-client-"));
  execFileSync(process.execPath, [join(import.meta.dirname, "build.ts"), join(folder, "dist")]);
  const tarball = execFileSync("npm", ["pack", "--silent", "./dist"], { cwd: folder, encoding: "utf8" }).trim();
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  execFileSync("npm", ["install", "--offline", "--silent", `./${tarball}`], { cwd: folder });
  await writeFile(join(folder, "program.js"), program(unusedName()));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.for(versions)(
  "the packed client logs, uploads, downloads and searches under Node %s, without a warning",
  { timeout: 300_000 },
  async (version) => {
    const node = await nodeOf(version);
    const { stdout, stderr } = await promisify(execFile)(node, ["program.js"], { cwd: folder });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ node: version, status: "FINISHED", points: 2000, bytes: 3_000_000, found: 1 });
  },
);

function program(experiment: string): string {
  return `
    import { stat, writeFile } from "node:fs/promises";
    import { MlflowClient, where } from "mlflow-client";
    const mlflow = new MlflowClient({ trackingUri: "${trackingUri}" });
    const node = process.versions.node;
    await writeFile("file.bin", Buffer.alloc(3_000_000, "falconry"));
    const { runId, artifactUri, experimentId } = await mlflow.withRun({ experiment: "${experiment}", runName: node }, async (run) => {
      for (let step = 0; step < 2000; step++) run.metric("loss", 1 / step, { step: step });
      await run.artifactFile("file.bin", "file.bin");
      return run.info;
    });
    await mlflow.artifacts.downloadFile(artifactUri, "file.bin", "again.bin");
    const { info } = await mlflow.runs.get(runId);
    let points = 0;
    for await (const _ of mlflow.runs.metricHistory(runId, "loss")) points++;
    let found = 0;
    for await (const _ of mlflow.runs.search({ experimentIds: [experimentId], filter: where.run.name.is(node) })) found++;
    console.log(JSON.stringify({ node, status: info.status, points, bytes: (await stat("again.bin")).size, found }));
  `;
}

/** Node in another version: an npm package, of which each platform's binary is one, too. */
async function nodeOf(version: string): Promise<string> {
  if (version === process.versions.node) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(nodes, `${version}-${process.platform}-${process.arch}`);
  if (!existsSync(home)) {
    await mkdir(nodes, { recursive: true });
    // Moved to its place when it is whole: whoever is killed leaves none that is not.
    const unfinished = await mkdtemp(join(nodes, "installing."));
    await writeFile(join(unfinished, "package.json"), JSON.stringify({ private: true }));
    await promisify(execFile)("npm", ["install", "--silent", `${name}@${version}`], { cwd: unfinished });
    await rename(unfinished, home).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  return join(home, "node_modules", name, "bin", "node");
}
