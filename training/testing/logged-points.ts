import { type MlflowClient, where } from "mlflow-client";

/** Every metric's points but their times, of a run and of those below it. */
export async function loggedPoints(mlflow: MlflowClient, runId: string): Promise<unknown[]> {
  const parent = await mlflow.runs.get(runId);
  const below = mlflow.runs.search({
    experimentIds: [parent.info.experimentId],
    filter: where.run.tag("mlflow.parentRunId").is(runId),
  });
  const runs = [parent];
  for await (const run of below) runs.push(run);
  const logged = [];
  for (const { info, data } of runs) {
    for (const key of Object.keys(data.metrics)) {
      const points = [];
      for await (const { value, step } of mlflow.runs.metricHistory(info.runId, key)) points.push([step, value]);
      logged.push([data.tags["falconry.trial"] ?? "parent", key, ...points.sort()]);
    }
  }
  return logged.sort();
}
