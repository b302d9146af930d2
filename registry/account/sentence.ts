import type { PromotionEvent } from "../promotion/events.ts";
import { judged } from "./judged.ts";
import { known } from "./known.ts";

/**
 * What an event says, for people: a sentence, and under it, where there are some, the numbers that it rests on, one line each. Reasons stand as they were
 * written: what prints them to a terminal takes care of control characters.
 *
 * @param before the events before it, in order, as far as they are at hand: they say which version an approval was of
 */
export function sentence(event: PromotionEvent, before: readonly PromotionEvent[] = []): string[] {
  const { promotion, actor } = event;
  const { version, champion } = known(event, before);
  const it = version === undefined ? promotion : `${promotion} (${model(version)})`;
  switch (event.type) {
    case "requested":
      return [
        `${actor} asked for ${model(event.version)} to go live: ${promotion}${event.again === undefined ? "" : `; once more, because: ${event.again}`}`,
      ];
    case "gates-passed":
      return [`${it} passed ${count(event.gates.length)}${beside(event.champion)}`, ...gates(event.gates), ...trainer(event.trainedBy)];
    case "gates-failed": {
      const failed = event.gates.filter(({ passed }) => !passed);
      return [`${it} was refused by ${failed.length} of ${count(event.gates.length)}${beside(event.champion)}`, ...gates(failed)];
    }
    case "approved":
      return [`${actor} approved ${it}: ${event.reason}`];
    case "rejected":
      return [`${actor} rejected ${it}: ${event.reason}`];
    case "cancelled":
      return [`${actor} took ${it} back: ${event.reason}`];
    case "expired":
      return [`${it} expired: ${event.reason}`];
    case "deploying":
      return [
        `${it} was to be deployed ${event.canary ? "as a canary" : "all at once"}, from ${event.previousConfig} to ${event.deployment.config}`,
      ];
    case "updating":
      return [`SageMaker took the order to bring the endpoint to ${event.config}`];
    case "baking":
      return [`${it} got its first traffic: the canary bakes`];
    case "completing":
      return [
        `the judge found ${it} healthy: the rest of the traffic followed`,
        ...judged(event.judgement, { champion, challenger: version }),
      ];
    case "giving-up": {
      const numbers = event.judgement === undefined ? [] : judged(event.judgement, { champion, challenger: version }, event.reason);
      return [`${finder(event.by, actor)} ${it}: ${event.reason}`, ...numbers];
    }
    case "live":
      return [`${model(event.version)} went live: ${event.probes} of ${event.probes} answers came from it`];
    case "failed":
      return [`${it} failed: ${event.reason}`];
    case "rolling-back": {
      const givenUp = event.supersedes === undefined ? "" : ` (${event.supersedes} was given up for it)`;
      return [`${actor} asked to go back from ${model(event.from)} to ${model(event.deployment.version)}${givenUp}: ${event.reason}`];
    }
    case "repairing":
      return [`the endpoint was to be brought back to ${model(event.version)}: ${event.reason}`];
    case "rolled-back":
      return [
        `${model(event.version)} answered again ${seconds(event.seconds)} later; ${event.probes} of ${event.probes} answers came from it`,
      ];
    case "noticed":
      return [`noticed: ${event.reason}`];
    case "mirrored":
      return [`MLflow's aliases were set: ${alias("champion", event.aliases.champion)}, ${alias("challenger", event.aliases.challenger)}`];
  }
}

function finder(by: Extract<PromotionEvent, { type: "giving-up" }>["by"], actor: string): string {
  const findings = {
    judge: "the judge gave up",
    sagemaker: "SageMaker rolled back",
    probe: "the probe gave up",
    person: `${actor} gave up`,
  };
  return findings[by];
}

function model(version: number): string {
  return version === 0 ? "the bootstrap model" : `version ${version}`;
}

function count(gates: number): string {
  return gates === 1 ? "1 gate" : `${gates} gates`;
}

function beside(champion: number | null): string {
  return champion === null ? ", without a champion to compare with" : ` beside ${model(champion)}`;
}

function gates(verdicts: Extract<PromotionEvent, { type: "gates-passed" }>["gates"]): string[] {
  return verdicts.map(({ name, passed, measured, required }) => `${name}: ${measured}${passed ? "" : ` (required: ${required})`}`);
}

function trainer(trainedBy: string | null): string[] {
  return trainedBy === null ? [] : [`trained by ${trainedBy}`];
}

function alias(name: string, version: number | undefined): string {
  return `${name} ${version === undefined ? "none" : model(version)}`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
