import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Environment } from "@falconry/environment/environment.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { type Misbehaviour, misbehavingGraph } from "@falconry/model/misbehaving-graph.fixture.ts";

/** What a trial registers in place of a good version: settings of `Trial.register`. */
export interface BadVersion {
  graph?: Uint8Array;
  columns?: string[];
}

const columns = ["thrust", "drag"];
/** Fits a trial's target as its own good versions do. */
const weight = 4;

/** Live rows differ from every row that a gate sees in this: their drag is 1000 to 1099, in turn, and a trial's feature set ends at 59. */
const live = { column: "drag", from: 1000, to: 1100 };

/** The row of a trial's live traffic with this number, counted from 0. */
export function liveRow(number: number): { thrust: number; drag: number } {
  return { thrust: (number % 7) - 3, drag: live.from + (number % (live.to - live.from)) };
}

/** Versions that the gates of a trial let pass, because they misbehave on live rows only: the judge of the canary must find them unhealthy. */
export const badOnLiveRows = {
  "slower by 3x": graph("slow", live),
  "errs on 2 % of requests": graph("failing", { ...live, from: live.to - 2 }),
  "wrong on one class": graph("blind", live),
  "answers constantly": graph("constant", live),
  "answers NaN": graph("nan", live),
} satisfies Record<string, BadVersion>;

/** Passes the gates and does not come up: the container's check of itself, a row of zeros, is answered with NaN. */
export const crashesOnLoad: BadVersion = graph("nan", { column: "drag", from: -1, to: 1 });

/** Reads a column that the workload does not have: no gate lets it pass. */
export const incompatible: BadVersion = { columns: ["thrust", "height"] };

/**
 * From now on every container of one version that the environment makes a model for dies, without a word, at its nth request. The version itself is a
 * good one.
 */
export function dieAtRequest({ sagemaker }: Environment, version: number, requests: number): void {
  const program = pathToFileURL(join(checkoutFolder, "serving", "faults", "crash-after-requests.ts"));
  program.searchParams.set("requests", String(requests));
  sagemaker.middlewareStack.add(
    (next) => (args) => {
      const variables = "PrimaryContainer" in args.input ? args.input.PrimaryContainer?.Environment : undefined;
      if (variables?.FALCONRY_MODEL_VERSION === String(version)) variables.NODE_OPTIONS = `--import=${program.href}`;
      return next(args);
    },
    { step: "initialize" },
  );
}

/** Changes the graph of a published package: no container may serve it. */
export async function changeBytes({ s3, descriptor }: Environment, packageDigest: string): Promise<void> {
  const graph = { Bucket: descriptor.lake.models, Key: `${packageDigest}/model.onnx` };
  const { Body } = await s3.send(new GetObjectCommand(graph));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  await s3.send(new PutObjectCommand({ ...graph, Body: bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1) }));
}

function graph(misbehaviour: Misbehaviour, where: typeof live): BadVersion {
  return { graph: misbehavingGraph({ misbehaviour, columns, weight, where }) };
}
