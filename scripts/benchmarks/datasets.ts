import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { runFalconry } from "@falconry/cli/run-falconry.ts";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { ownProgram } from "@falconry/environment/own-program.ts";
import { startTestRegion } from "../testing/test-region.ts";
import { installedDvc } from "./dvc.ts";
import { timed } from "./in-region.ts";
import type { Measurement } from "./measurement.ts";
import { largeFiles, type SampleFile, smallFiles, writeSampleFiles } from "./sample-files.ts";

const kinds: { what: string; files: SampleFile[] }[] = [
  { what: "10,000 small files", files: smallFiles },
  { what: "2 GiB in 4 files", files: largeFiles },
];
const steps = [
  { what: "commit", theirs: "dvc add + push", of: (side: Side) => side.commit() },
  { what: "commit of no change", theirs: "dvc add + push", of: (side: Side) => side.commit() },
  { what: "get", theirs: "dvc pull", of: (side: Side) => side.get() },
];
/** Files that were written just now are not yet remembered by their times, neither by us nor by others. */
const settleMilliseconds = 3_000;

interface Side {
  commit(): Promise<unknown>;
  get(): Promise<unknown>;
}

/**
 * Commands as people type them, beside DVC with its remote in the same emulated S3; nothing in any cache but what the side's own commit left there. The two
 * sides take each step one right after the other, in turns which of them begins. Each run has a region of its own: the emulator keeps objects in memory.
 */
export async function measureDatasets(runs: number): Promise<Measurement[]> {
  const measured = kinds.map(({ what, files }) => ({
    files,
    steps: steps.map(({ what: step, theirs, of }) => {
      const measurement: Measurement = {
        benchmark: `datasets, ${what}`,
        what: step,
        unit: "s",
        ours: [],
        other: { name: theirs, runs: [] },
      };
      return { of, measurement };
    }),
  }));
  for (let run = 0; run < runs; run += 1) {
    const region = await startTestRegion();
    try {
      for (const kind of measured) await measureSteps(kind, run, region.folder);
    } finally {
      await region.stop();
    }
  }
  return measured.flatMap(({ steps }) => steps.map(({ measurement }) => measurement));
}

interface Kind {
  files: SampleFile[];
  steps: { of: (side: Side) => Promise<unknown>; measurement: Measurement }[];
}

async function measureSteps({ files, steps }: Kind, run: number, regionFolder: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-datasets-"));
  try {
    await writeSampleFiles(join(folder, "data"), files, run);
    const ours = falconrySide(folder, regionFolder, files.length);
    const theirs = await dvcSide(folder, regionFolder, `dvc-${files.length}`);
    await pause(settleMilliseconds);
    for (const { of, measurement } of steps) {
      const turns = [
        async () => measurement.ours.push(await seconds(() => of(ours))),
        async () => measurement.other.runs.push(await seconds(() => of(theirs))),
      ];
      for (const turn of run % 2 === 0 ? turns : turns.toReversed()) await turn();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  return (await timed(work)) / 1_000;
}

function falconrySide(folder: string, regionFolder: string, files: number): Side {
  const name = `bench-${files}`;
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

async function dvcSide(folder: string, regionFolder: string, bucket: string): Promise<Side> {
  const environment = await openEnvironment("local", regionFolder);
  try {
    await environment.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    environment[Symbol.dispose]();
  }
  const dvc = await installedDvc(await endpointOf(regionFolder));
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
