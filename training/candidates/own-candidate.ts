import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import { workloadFunction } from "../workload-function.ts";
import type { Candidate, InputKind } from "./candidate.ts";
import { asking, type Complaints, soundFit } from "./sound-fit.ts";

type OwnSettings = Extract<CandidateSettings, { type: "module" }>;

/** What a workload's own kind of model has to say; its name and settings stand in the declaration, and a search space names settings. */
export type OwnCandidate = Pick<Candidate, "inputs" | "fit"> & Partial<Pick<Candidate, "searchSpace">>;

/** What a module that a workload names for a candidate exports as `candidate`. @param settings as declared */
export type MakeCandidate = (settings: NonNullable<OwnSettings["settings"]>) => OwnCandidate;

const inputKinds = ["standardised", "one-scale", "raw"] satisfies InputKind[];

/**
 * A candidate from a workload's own module. Whatever the module does wrong is said in its name; its file's SHA-256 is one of the settings, so
 * that a run says which code it was fitted by.
 *
 * @param folder of the workload
 * @throws FalconryError `workload.invalid`, `train.candidate-failed`
 */
export async function ownCandidate({ name, module, settings = {} }: OwnSettings, folder: string): Promise<Candidate> {
  const path = join(folder, module);
  const digest = sha256(await readFile(path));
  const url = pathToFileURL(path);
  // a module is loaded once per address: a file that has changed meanwhile is another module
  url.search = digest;
  const make = await workloadFunction<MakeCandidate>(url, "candidate", "MakeCandidate in training/candidates/own-candidate.ts");
  const complaints = complaintsOf(name, module);
  const { failed, threw } = complaints;
  const own = asking(() => make(settings), threw);
  if (!inputKinds.includes(own?.inputs)) throw failed(`inputs is ${own?.inputs}, and has to be one of ${inputKinds.join(", ")}`);
  if (typeof own.fit !== "function") throw failed("it has no function fit");
  return {
    name,
    settings: { module, sha256: digest, ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])) },
    searchSpace: own.searchSpace ?? {},
    inputs: own.inputs,
    async fit(examples, seed) {
      try {
        return soundFit(await own.fit(examples, seed), examples, complaints);
      } catch (error) {
        throw threw(error);
      }
    },
  };
}

function complaintsOf(name: string, module: string): Complaints {
  const failed = (message: string, cause?: unknown) =>
    new FalconryError("train.candidate-failed", {
      message: `candidate "${name}", ${module}: ${message}`,
      hint: "Mend the module: training/candidates/candidate.ts says what is asked of it",
      cause,
    });
  const threw = (error: unknown) =>
    error instanceof FalconryError ? error : failed(error instanceof Error ? `${error}${placeOf(error, module)}` : String(error), error);
  return { failed, threw };
}

/** Where in the module an error was thrown, as far as it knows. */
function placeOf({ stack = "" }: Error, module: string): string {
  const frame = stack.split("\n").find((line) => line.includes(basename(module)));
  const [, line] = /:(\d+):\d+\)?$/.exec(frame ?? "") ?? [];
  return line === undefined ? "" : ` (line ${line})`;
}
