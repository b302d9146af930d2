import { InvokeEndpointCommand, SageMakerRuntimeServiceException } from "@aws-sdk/client-sagemaker-runtime";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { PredictionLineage } from "@falconry/model/lineage.ts";
import { z } from "zod";
import type { RegistryContext } from "../context.ts";
import type { Row } from "./probe-rows.ts";

/** Requests are spread over the instances: this many for each make it likely that every one was asked. */
const probesPerInstance = 3;
/** An instance that has just come up may answer late; after this many rounds its answer is taken as it is. */
const maxRounds = 5;
const pauseMilliseconds = 500;

const answerSchema = z.object({
  predictions: z
    .array(z.object({ model: z.object({ name: z.string(), version: z.number() }), run: z.string(), dataset: z.string() }))
    .nonempty(),
});

export type ProbeOutcome = { answered: true; probes: number; firstAnswer: Date } | { answered: false; because: string };

/** Asks the endpoint with real rows until every answer of a round names the version, run and dataset that were deployed. */
export async function probe(
  { environment, now, pause }: RegistryContext,
  endpoint: EndpointSettings,
  expected: PredictionLineage,
  rows: Row[],
): Promise<ProbeOutcome> {
  let firstAnswer: Date | undefined;
  let because = "";
  for (let round = 0; round < maxRounds; round++) {
    if (round > 0) await pause(pauseMilliseconds);
    because = "";
    const probes = probesPerInstance * endpoint.instanceCount;
    for (let at = 0; at < probes && because === ""; at++) {
      because = await ask(rows[at % rows.length]);
      if (because === "") firstAnswer ??= now();
    }
    if (because === "" && firstAnswer !== undefined) return { answered: true, probes, firstAnswer };
  }
  return { answered: false, because };

  async function ask(row: Row | undefined): Promise<string> {
    try {
      const { Body } = await environment.sagemakerRuntime.send(
        new InvokeEndpointCommand({
          EndpointName: endpoint.name,
          ContentType: "application/json",
          Body: JSON.stringify({ dataframe_records: [row] }),
        }),
      );
      return difference(Body.transformToString(), expected);
    } catch (error) {
      if (error instanceof SageMakerRuntimeServiceException) return `the endpoint answered ${error.name}: ${error.message}`;
      throw error;
    }
  }
}

/** @returns "" where the answer is the expected one's */
function difference(text: string, { model, run, dataset }: PredictionLineage): string {
  const parsed = answerSchema.safeParse(jsonOf(text));
  if (!parsed.success) return `the endpoint's answer is no prediction: ${text.slice(0, 200)}`;
  for (const answer of parsed.data.predictions) {
    const isExpected =
      answer.model.name === model.name && answer.model.version === model.version && answer.run === run && answer.dataset === dataset;
    if (!isExpected)
      return `the answer came from version ${answer.model.version} (run ${answer.run}), not from ${model.version} (run ${run})`;
  }
  return "";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
