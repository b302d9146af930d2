import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runFalconry } from "@falconry/cli/run-falconry.ts";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { startTestRegion } from "../testing/test-region.ts";

/**
 * Trains Falcon's model in a region of its own, and writes the logged model's files into a folder. The region is gone afterwards.
 *
 * @param meanwhile what is done in the region before
 */
export async function fetchTrainedModel(folder: string, meanwhile = async (_region: Environment): Promise<void> => {}): Promise<void> {
  const region = await startTestRegion();
  try {
    await falconry(region.folder, ["ingest", "falcon"]);
    await falconry(region.folder, ["train", "falcon"]);
    const environment = await openEnvironment("local", region.folder);
    try {
      const { modelVersions, artifacts } = environment.mlflow;
      const root = await modelVersions.artifactUri("falcon", 1);
      for await (const { path, isDirectory } of artifacts.list(root)) {
        if (isDirectory) continue;
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), await artifacts.download(root, path));
      }
      await meanwhile(environment);
    } finally {
      environment[Symbol.dispose]();
    }
  } finally {
    await region.stop();
  }
}

async function falconry(regionFolder: string, args: string[]): Promise<void> {
  const { exitCode, stderr } = await runFalconry(args, { variables: { FALCONRY_DIRECTORY: regionFolder } });
  if (exitCode !== 0) throw new Error(`falconry ${args.join(" ")} ended with ${exitCode}\n${stderr}`);
}
