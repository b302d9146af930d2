import type { Batch } from "./batches.ts";
import type { WireMetric } from "./entry.ts";
import { answers, type Deed, type ScriptedServer, scriptedServer, swallowsTheAnswer } from "./scripted-server.ts";

/** What a run has come to. Metrics are kept as MLflow keeps them: the same key, value, timestamp and step are one point. */
export interface RememberedRun {
  runId: string;
  status: string;
  metrics: WireMetric[];
  params: Record<string, string>;
  tags: Record<string, string>;
}

/** A server for tests that carries out what concerns runs, and remembers it across restarts. */
export interface RememberingServer extends ScriptedServer {
  readonly runs: readonly RememberedRun[];
  /** The next requests whose path ends so are not carried out: a deed each; undefined lets one through. */
  next(pathEnd: string, deeds: (Deed | undefined)[]): void;
  /** The next request whose path ends so is carried out, and its answer is lost. */
  loseAnswer(pathEnd: string): void;
  /** A batch with such a key is refused from now on; "" stands for any. */
  refuse(key: string): void;
  /** On the same port, with the same runs. */
  restarted(): Promise<RememberingServer>;
}

export async function rememberingServer(runs: RememberedRun[] = [], port = 0): Promise<RememberingServer> {
  const coming: { pathEnd: string; deed: Deed | undefined; carriedOut: boolean }[] = [];
  const refused = new Set<string>();
  const carryOut: Deed = (response, request) => {
    const { url = "", body = "" } = server.seen.at(-1) ?? {};
    const index = coming.findIndex(({ pathEnd }) => url.endsWith(pathEnd));
    const [mishap] = index === -1 ? [] : coming.splice(index, 1);
    const fair = mishap?.deed === undefined || mishap.carriedOut ? fairly(url, body) : undefined;
    (mishap?.deed ?? fair)?.(response, request);
  };
  const server = await scriptedServer([carryOut], port);

  function fairly(url: string, body: string): Deed {
    const [path = "", query] = url.split("?");
    if (path.includes("/mlflow-artifacts/")) return answers(200, {});
    const asked = body === "" ? Object.fromEntries(new URLSearchParams(query)) : JSON.parse(body);
    if (path.endsWith("runs/create")) runs.push({ runId: `run${runs.length + 1}`, status: "RUNNING", metrics: [], params: {}, tags: {} });
    const run = runs.find(({ runId }) => runId === asked.run_id) ?? runs.at(-1);
    if (run === undefined) return answers(404, { error_code: "RESOURCE_DOES_NOT_EXIST" });
    if (path.endsWith("runs/update")) run.status = asked.status;
    return path.endsWith("log-batch") ? take(run, asked) : answers(200, { run: { info: infoOf(run) } });
  }

  function take(run: RememberedRun, { metrics, params, tags }: Batch): Deed {
    const bad = [...metrics, ...params, ...tags].find(({ key }) => refused.has(key) || refused.has(""));
    if (bad !== undefined) return answers(400, { error_code: "INVALID_PARAMETER_VALUE", message: `Invalid key "${bad.key}"` });
    const known = new Set(run.metrics.map((metric) => JSON.stringify(metric)));
    run.metrics.push(...metrics.filter((metric) => !known.has(JSON.stringify(metric))));
    for (const { key, value } of params) run.params[key] = value;
    for (const { key, value } of tags) run.tags[key] = value;
    return answers(200, {});
  }

  return {
    ...server,
    runs,
    next: (pathEnd, deeds) => coming.push(...deeds.map((deed) => ({ pathEnd, deed, carriedOut: false }))),
    loseAnswer: (pathEnd) => coming.push({ pathEnd, deed: swallowsTheAnswer, carriedOut: true }),
    refuse: (key) => refused.add(key),
    restarted: () => rememberingServer(runs, server.port),
  };
}

function infoOf({ runId, status }: RememberedRun) {
  return { run_id: runId, experiment_id: "1", status, artifact_uri: `mlflow-artifacts:/1/${runId}/artifacts` };
}
