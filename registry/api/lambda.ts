import { openEnvironment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import awsLambdaFastify, { type LambdaResponse } from "@fastify/aws-lambda";
import { pino } from "pino";
import { z } from "zod";
import { type ControlPlane, openControlPlane } from "./open-control-plane.ts";

/** A schedule of one minute calls it, and something in flight is followed until the next call takes over. */
const longestDriveSeconds = 55;
/** Kept back for the pass under way when time is up. */
const reserveSeconds = 5;

interface Invocation {
  getRemainingTimeInMillis(): number;
}

interface Driven {
  /** Workloads that are still on their way. */
  underWay: number;
}

const scheduledSchema = z.object({ source: z.enum(["aws.events", "aws.scheduler"]), "detail-type": z.literal("Scheduled Event") });

const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime });

interface Started extends ControlPlane {
  answer(event: unknown, context: unknown): Promise<LambdaResponse>;
}

let started: Promise<Started> | undefined;

/**
 * The control plane as a Lambda function: answers API Gateway's events (payload 2.0), and drives what is in flight when a schedule calls. The environment's name
 * stands in FALCONRY_ENVIRONMENT.
 */
export async function handler(event: unknown, invocation: Invocation): Promise<LambdaResponse | Driven> {
  started ??= start();
  let controlPlane: Started;
  try {
    controlPlane = await started;
  } catch (error) {
    // The next event tries again: what could not be reached may be back.
    started = undefined;
    throw error;
  }
  if (!scheduledSchema.safeParse(event).success) return controlPlane.answer(event, invocation);
  const seconds = Math.min(longestDriveSeconds, invocation.getRemainingTimeInMillis() / 1000 - reserveSeconds);
  const underWay = await controlPlane.driver.drive(seconds);
  await controlPlane.refusals.settle();
  return { underWay };
}

async function start(): Promise<Started> {
  const name = process.env.FALCONRY_ENVIRONMENT;
  if (!name) {
    throw new FalconryError("control-plane.settings", {
      message: "the variable FALCONRY_ENVIRONMENT is missing",
      hint: "Apply the Pulumi program of this version, which sets it",
    });
  }
  const controlPlane = await openControlPlane(await openEnvironment(name), log);
  const proxy = awsLambdaFastify(controlPlane.app, { decorateRequest: false, parseCommaSeparatedQueryParams: false });
  return { ...controlPlane, answer: (event, context) => proxy(event, context) };
}
