import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Interval } from "@falconry/model/intervals.ts";
import { lineageTags } from "@falconry/model/lineage.ts";
import { MlflowError, type Run } from "mlflow-client";
import { z } from "zod";
import { slicesPath } from "../report/slices.ts";

export interface ComparedRun {
  run: string;
  /** Registered versions of it, as "falcon/3". */
  versions: string[];
  /** Digest of the dataset version; null where the run names none. */
  dataset: string | null;
  /** Digest of the feature set, which another query or another split makes another one. */
  features: string | null;
  /** Of the code; null where it was trained outside of a repository. */
  commit: string | null;
  trainedBy: string | null;
}

/** A value of each of the two, null where a run has none. */
export interface Pair<Value> {
  name: string;
  one: Value | null;
  other: Value | null;
}

export interface MeasuredValue extends Partial<Interval> {
  value: number;
}

export interface RunComparison {
  one: ComparedRun;
  other: ComparedRun;
  /** Those that differ. */
  parameters: Pair<string>[];
  /** On the test part, with their 95 % intervals. */
  metrics: Pair<MeasuredValue>[];
  /** Parts of the test rows on which the two differ by more than chance explains: their intervals do not meet. */
  slices: Pair<MeasuredValue>[];
}

const slicesSchema = z.object({
  slices: z.array(
    z.object({ column: z.string(), value: z.string(), measured: z.number(), interval: z.object({ low: z.number(), high: z.number() }) }),
  ),
});
const runId = /^[0-9a-f]{32}$/;
const versionName = /^([^/]+)\/([1-9]\d*)$/;

/**
 * What changed between two trainings.
 *
 * @param one a run's id, or a registered version as "falcon/3"; likewise `other`
 * @throws FalconryError `runs.unknown`
 */
export async function compareRuns(environment: Environment, one: string, other: string): Promise<RunComparison> {
  const [first, second] = await Promise.all([one, other].map((name) => read(environment, name)));
  if (first === undefined || second === undefined) throw new TypeError("two runs were asked for");
  return {
    one: first.about,
    other: second.about,
    parameters: pairs(first.parameters, second.parameters).filter(({ one, other }) => one !== other),
    metrics: pairs(first.metrics, second.metrics),
    slices: pairs(first.slices, second.slices).filter(({ one, other }) => one !== null && other !== null && areApart(one, other)),
  };
}

interface ReadRun {
  about: ComparedRun;
  parameters: Map<string, string>;
  metrics: Map<string, MeasuredValue>;
  slices: Map<string, MeasuredValue>;
}

async function read(environment: Environment, name: string): Promise<ReadRun> {
  const { mlflow } = environment;
  const run = await find(environment, name);
  const { tags, params, metrics } = run.data;
  const versions: string[] = [];
  for await (const version of mlflow.modelVersions.search({ filter: `run_id = '${run.info.runId}'` }))
    versions.push(`${version.name}/${version.version}`);
  return {
    about: {
      run: run.info.runId,
      versions,
      dataset: tags[lineageTags.dataset] ?? null,
      features: tags[lineageTags.features] ?? null,
      commit: tags["mlflow.source.git.commit"] ?? null,
      trainedBy: tags["mlflow.user"] ?? null,
    },
    parameters: new Map(Object.entries(params)),
    metrics: testMetrics(metrics),
    slices: await slicesOf(environment, run),
  };
}

async function find({ mlflow }: Environment, name: string): Promise<Run> {
  const [, model, version] = versionName.exec(name) ?? [];
  const id = model === undefined ? name : (await mlflow.modelVersions.get(model, Number(version)))?.runId;
  if (id === undefined || !runId.test(id)) throw unknown(name);
  return mlflow.runs.get(id).catch((error: unknown) => {
    throw error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST" ? unknown(name) : error;
  });
}

/** A metric stands beside its interval's ends: `test.accuracy`, `test.accuracy.low`, `test.accuracy.high`. */
function testMetrics(metrics: Record<string, number>): Map<string, MeasuredValue> {
  const names = Object.keys(metrics).filter((key) => /^test\.[^.]+$/.test(key));
  return new Map(
    names.map((key) => {
      const [low, high] = [metrics[`${key}.low`], metrics[`${key}.high`]];
      return [
        key.slice("test.".length),
        { value: metrics[key] ?? Number.NaN, ...(low !== undefined && high !== undefined && { low, high }) },
      ];
    }),
  );
}

/** None of a run that wrote none: of a training before there were any, or from elsewhere. */
async function slicesOf({ mlflow }: Environment, { info }: Run): Promise<Map<string, MeasuredValue>> {
  let isThere = false;
  for await (const file of mlflow.artifacts.list(info.artifactUri, "evaluation")) isThere ||= file.path === slicesPath;
  if (!isThere) return new Map();
  const { slices } = slicesSchema.parse(JSON.parse(Buffer.from(await mlflow.artifacts.download(info.artifactUri, slicesPath)).toString()));
  return new Map(slices.map(({ column, value, measured, interval }) => [`${column}: ${value}`, { value: measured, ...interval }]));
}

function pairs<Value>(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): Pair<Value>[] {
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.map((name) => ({ name, one: one.get(name) ?? null, other: other.get(name) ?? null }));
}

function areApart(one: MeasuredValue, other: MeasuredValue): boolean {
  const ends = ({ value, low = value, high = value }: MeasuredValue) => ({ low, high });
  return ends(one).high < ends(other).low || ends(other).high < ends(one).low;
}

function unknown(name: string): FalconryError {
  return new FalconryError("runs.unknown", {
    message: `${JSON.stringify(name)} is no run's id and no registered version`,
    hint: "Give an id of 32 characters from MLflow, or a version as name/number: falconry models <workload> lists both",
  });
}
