import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { canonicalJson } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import writeFileAtomic from "write-file-atomic";
import { workloadFunction } from "../../workload-function.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { type Patience, Web } from "./web.ts";

/**
 * What a module that a workload names in `source.collectors` exports as `collect`.
 *
 * @returns a document for the workload's `source.jsonReader`; of the same answers the same
 */
export type Collect = (web: Pick<Web, "get" | "query">, progress: Progress) => Promise<unknown>;

export interface CollectOptions {
  /** Where answers are kept until the next collection. */
  folder: string;
  now: () => Date;
  progress?: Progress;
  patience?: Patience;
}

/**
 * Collects raw records from the web, or goes on where a collection was cut short.
 *
 * @param name one of the workload's `source.collectors`
 * @returns path of the collected document, which can be ingested
 * @throws FalconryError `collect.unreachable`, `collect.refused`, `collect.answer`
 */
export async function collect(workload: LoadedWorkload, name: string, options: CollectOptions): Promise<string> {
  return collectBy(await loadCollector(workload, name), join(options.folder, workload.name, name), options);
}

/** As {@link collect}, into one folder. */
export async function collectBy(
  collector: Collect,
  folder: string,
  { now, progress = silent, patience }: Omit<CollectOptions, "folder">,
): Promise<string> {
  const answers = await KeptAnswers.open(join(folder, "answers"), now());
  try {
    const document = await collector(new Web(answers, patience), progress);
    const path = join(folder, "collected.json");
    await writeFileAtomic(path, canonicalJson(document));
    await answers.end();
    return path;
  } catch (error) {
    // Answers that do not fit together would not do so the next time.
    if (error instanceof FalconryError && error.code === "collect.answer") await answers.end();
    throw error;
  }
}

async function loadCollector({ folder, source }: LoadedWorkload, name: string): Promise<Collect> {
  const module = pathToFileURL(join(folder, source.collectors?.[name] ?? ""));
  return await workloadFunction<Collect>(module, "collect", "Collect in training/datasets/collect/collect.ts");
}
