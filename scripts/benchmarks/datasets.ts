import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { runFalconry } from "@falconry/cli/run-falconry.ts";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { ownProgram } from "@falconry/environment/own-program.ts";
import { startTestRegion } from "../testing/test-region.ts";
import { type Dvc, installedDvc } from "./dvc.ts";
import { timed } from "./in-region.ts";
import type { Measurement } from "./measurement.ts";
import { largeFiles, type SampleFile, smallFiles, writeSampleFiles } from "./sample-files.ts";

const steps = ["commit", "commit of no change", "get"] as const;
/** Files that were written just now are not yet remembered by their times, neither by us nor by others. */
const settleMilliseconds = 3_000;

interface Side {
  commit(): Promise<unknown>;
  get(): Promise<unknown>;
}

/** Commands as people type them, beside DVC with its remote in the same emulated S3; nothing in any cache but what the side's own commit left there. */
export async function measureDatasets(runs: number): Promise<Measurement[]> {
  const region = await startTestRegion();
  try {
    const dvc = await installedDvc(await endpointOf(region.folder));
    const measurements: Measurement[] = [];
    for (const [what, files] of [
      ["10,000 small files", smallFiles],
      ["2 GiB in 4 files", largeFiles],
    ] satisfies [string, SampleFile[]][]) {
      const ours = steps.map((): number[] => []);
      const theirs = steps.map((): number[] => []);
      for (let run = 0; run < runs; run += 1) {
        const folder = await mkdtemp(join(tmpdir(), "falconry-datasets-"));
        try {
          await writeSampleFiles(join(folder, "data"), files, run);
          const falconry = falconrySide(folder, region.folder, files.length, run);
          const beside = await dvcSide(dvc, folder, region.folder, `dvc-${files.length}-${run}`);
          await pause(settleMilliseconds);
          await measureSteps(falconry, ours);
          await measureSteps(beside, theirs);
        } finally {
          await rm(folder, { recursive: true });
        }
      }
      for (const [index, step] of steps.entries()) {
        const other = { name: index < 2 ? "dvc add + push" : "dvc pull", runs: theirs[index] ?? [] };
        measurements.push({ benchmark: `datasets, ${what}`, what: step, unit: "s", ours: ours[index] ?? [], other });
      }
    }
    return measurements;
  } finally {
    await region.stop();
  }
}

async function measureSteps(side: Side, seconds: number[][]): Promise<void> {
  for (const [index, step] of [side.commit, side.commit, side.get].entries()) seconds[index]?.push((await timed(step)) / 1_000);
}

function falconrySide(folder: string, regionFolder: string, files: number, run: number): Side {
  const name = `bench-${files}-${run}`;
  const falconry = async (cache: string, ...args: string[]) => {
    const { NODE_COMPILE_CACHE } = ownProgram("").variables;
    const variables = { FALCONRY_DIRECTORY: regionFolder, XDG_CACHE_HOME: join(folder, cache), NODE_COMPILE_CACHE };
    const { exitCode, stderr } = await runFalconry(["datasets", ...args, "--json"], { variables });
    if (exitCode !== 0) throw new Error(`falconry datasets ${args.join(" ")} ended with ${exitCode}\n${stderr}`);
  };
  return {
    commit: () => falconry("cache", "commit", name, join(folder, "data")),
    get: () => falconry("cache of a colleague", "get", name, "--to", join(folder, "got")),
  };
}

async function dvcSide(dvc: Dvc, folder: string, regionFolder: string, bucket: string): Promise<Side> {
  const environment = await openEnvironment("local", regionFolder);
  try {
    await environment.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    environment[Symbol.dispose]();
  }
  const repository = join(folder, "repository");
  await cp(join(folder, "data"), await dvc.init(repository, bucket), { recursive: true });
  return { commit: () => dvc.commit(repository), get: () => dvc.get(repository, join(folder, "repository of a colleague")) };
}

async function endpointOf(regionFolder: string): Promise<string> {
  const environment = await openEnvironment("local", regionFolder);
  environment[Symbol.dispose]();
  const { awsEndpointUrl } = environment.descriptor.services;
  if (awsEndpointUrl === undefined) throw new Error("the region on this machine has no address for its S3");
  return awsEndpointUrl;
}
