import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { localUsers, presentPerson } from "@falconry/cli/login/local-users.ts";
import { withPool } from "@falconry/cli/login/pool.ts";
import { signIn } from "@falconry/cli/login/sign-in.ts";
import { runFalconry } from "@falconry/cli/run-falconry.ts";
import { endpointOf } from "@falconry/environment/descriptor.ts";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { type ControlPlaneClient, controlPlane } from "@falconry/registry/api/client.ts";
import { startTestRegion } from "../testing/test-region.ts";
import { falconLaunches, launchContentType } from "./falcon-launches.ts";
import { killService } from "./kill.ts";
import { judgeLeniently } from "./lenient-judge.ts";

export const falcon = "falcon";

const pollMilliseconds = 100;

/** A region of its own, with everything that a team has on the day after the first model went live. */
export interface FalconRegion {
  folder: string;
  environment: Environment;
  /** Name of falcon's endpoint. */
  endpoint: string;
  /** Where the endpoint takes invocations, and what they may hold. */
  requests: { url: string; contentType: string; bodies: readonly string[] };
  /** The control plane, asked by one of the region's users, who has just logged in with a second factor. */
  as(user: "scientist" | "approver" | "operator"): Promise<ControlPlaneClient>;
  /** Registers what version 1 is made of once more. @returns its number */
  registerAlike(): Promise<number>;
  /** Asks for a version, waits for its gates, and has it approved. @returns the promotion */
  promote(version: number): Promise<string>;
  /** Runs the `falconry` command in the region. @throws Error with its words where it does not end with 0 */
  falconry(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts a region, trains falcon in it, and makes version 1 live. Its canaries are judged leniently. */
export async function openFalconRegion(): Promise<FalconRegion> {
  const { folder, stop } = await startTestRegion();
  try {
    const falconry = (...args: string[]) => command(folder, args);
    const environment = await openEnvironment("local", folder);
    await judgeLeniently(environment, falcon);
    await killService(folder, "control-plane");
    await falconry("local", "up"); // the control plane reads the descriptor when it starts
    await falconry("ingest", falcon);
    await falconry("train", falcon, "--candidate", "logistic-regression");
    const endpoint = endpointOf(environment.descriptor, falcon).name;
    const url = `${environment.descriptor.services.sagemakerEndpointUrl}/endpoints/${endpoint}/invocations`;
    const as: FalconRegion["as"] = (user) => loggedIn(environment, folder, user);
    const region: FalconRegion = {
      folder,
      environment,
      endpoint,
      requests: { url, contentType: launchContentType, bodies: await falconLaunches() },
      as,
      registerAlike: () => registerAlike(environment),
      promote: (version) => promote(as, version),
      falconry,
      async close() {
        environment[Symbol.dispose]();
        await stop();
      },
    };
    const first = await region.promote(1);
    await inState(await as("operator"), first, "live");
    return region;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until a promotion is in one of the states. @throws Error when it ends in another */
export async function inState(plane: Pick<ControlPlaneClient, "promotion">, promotion: string, ...states: string[]): Promise<void> {
  for (;;) {
    const { state, because } = await plane.promotion(promotion);
    if (states.includes(state)) return;
    if (ended.has(state)) throw new Error(`${promotion} is ${state}${because ? `: ${because}` : ""}; it was to be ${states.join(" or ")}`);
    await pause(pollMilliseconds);
  }
}

const ended = new Set(["refused", "rejected", "cancelled", "expired", "superseded", "live", "rolled-back", "failed"]);

async function promote(as: FalconRegion["as"], version: number): Promise<string> {
  const scientist = await as("scientist");
  const { promotion } = await scientist.promote(falcon, version);
  await inState(scientist, promotion, "awaiting-approval");
  await (await as("approver")).approve(promotion, "as good on the same rows");
  return promotion;
}

async function loggedIn({ descriptor }: Environment, folder: string, user: string): Promise<ControlPlaneClient> {
  const known = (await localUsers(join(folder, "users.json"))).find(({ name }) => name === user);
  if (known === undefined) throw new Error(`the region has no user "${user}"`);
  const { accessToken } = await withPool(descriptor, (pool) =>
    signIn(
      pool,
      user,
      presentPerson(known, () => new Date()),
    ),
  );
  return controlPlane({ url: descriptor.controlPlane.url, token: async () => accessToken });
}

async function registerAlike({ mlflow }: Environment): Promise<number> {
  const first = await mlflow.modelVersions.get(falcon, 1);
  if (first === undefined) throw new Error("falcon has no version 1");
  const { name, source, runId, modelId, tags } = first;
  return (await mlflow.modelVersions.create({ name, source, runId, modelId, tags })).version;
}

async function command(folder: string, args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runFalconry(args, { variables: { FALCONRY_DIRECTORY: folder } });
  if (exitCode !== 0) throw new Error(`falconry ${args.join(" ")} ended with ${exitCode ?? "a signal"}\n${stdout}\n${stderr}`);
  return stdout;
}
