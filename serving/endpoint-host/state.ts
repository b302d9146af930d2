import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { deploymentConfig } from "./deployment/deployment-config.ts";
import { stages } from "./deployment/stage.ts";
import { modelRequest } from "./model-request.ts";
import { productionVariant } from "./variant-request.ts";

const time = z.iso.datetime();

/** Everything that a fleet needs: kept with the endpoint, because SageMaker lets a live model or configuration be deleted. */
const deployment = z.object({ config: z.string(), variant: productionVariant, container: modelRequest.shape.PrimaryContainer });

const endpointRecord = z.object({
  status: z.enum(["Creating", "InService", "Updating", "Deleting", "Failed"]),
  failureReason: z.string().optional(),
  created: time,
  modified: time,
  /** The configuration that takes the traffic; absent until the endpoint was in service once. */
  live: deployment.optional(),
  /** The configuration that is being brought up. */
  target: deployment.optional(),
  /** How far the update has come; absent while none is under way. */
  update: z.object({ started: time, config: deploymentConfig.optional(), stage: z.enum(stages), stageStarted: time }).optional(),
  /** DeploymentConfig of the latest create or update that had one. */
  lastDeploymentConfig: deploymentConfig.optional(),
});

const stateSchema = z.object({
  models: z.record(z.string(), z.object({ created: time, request: modelRequest })),
  configs: z.record(
    z.string(),
    z.object({ created: time, variant: productionVariant, kmsKeyId: z.string().optional(), executionRoleArn: z.string().optional() }),
  ),
  endpoints: z.record(z.string(), endpointRecord),
  /** Tags by the ARN of what they are on. */
  tags: z.record(z.string(), z.record(z.string(), z.string())),
});

export type State = z.infer<typeof stateSchema>;
export type EndpointRecord = z.infer<typeof endpointRecord>;
export type EndpointUpdate = NonNullable<EndpointRecord["update"]>;
export type Deployment = z.infer<typeof deployment>;

/** What the host knows, in memory and in `state.json`: every change is on disk before it is answered. */
export class StateFile {
  readonly current: State;
  readonly #file: string;

  private constructor(file: string, state: State) {
    this.#file = file;
    this.current = state;
  }

  /** @param directory made where it is missing */
  static async open(directory: string): Promise<StateFile> {
    await mkdir(directory, { recursive: true });
    const file = join(directory, "state.json");
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    const empty: State = { models: {}, configs: {}, endpoints: {}, tags: {} };
    return new StateFile(file, text === undefined ? empty : stateSchema.parse(JSON.parse(text)));
  }

  /** Writes {@link current} down; the file is always one whole state. */
  async save(): Promise<void> {
    await writeFileAtomic(this.#file, `${JSON.stringify(this.current, null, 2)}\n`);
  }
}
