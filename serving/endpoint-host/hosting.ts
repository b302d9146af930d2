import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { FastifyBaseLogger } from "fastify";
import type { Account } from "./account.ts";
import { AlarmWatch } from "./alarms/alarm-watch.ts";
import { alarmNames } from "./deployment/deployment-config.ts";
import { Guard } from "./deployment/guard.ts";
import { rollOut } from "./deployment/roll-out.ts";
import type { Stage } from "./deployment/stage.ts";
import { Traffic } from "./deployment/traffic.ts";
import { Fleet } from "./fleet.ts";
import type { Launcher } from "./launcher.ts";
import type { Deployment, EndpointRecord, EndpointUpdate } from "./state.ts";

/** SageMaker's limit for FailureReason. */
const longestReason = 1024;

/**
 * Brings endpoints from one state to the next, in the background: what an operation has written down as its target comes up beside
 * what is live, takes the traffic as its deployment configuration says, or is given up.
 */
export class Hosting {
  readonly #account: Account;
  readonly #launcher: Launcher;
  readonly #cloudwatch: CloudWatchClient;
  readonly #log: FastifyBaseLogger;
  readonly #startupMilliseconds: number;
  readonly #traffic = new Map<string, Traffic>();
  readonly #pending = new Map<string, Fleet>();
  readonly #fleets = new Set<Fleet>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  /** @param startupSeconds how long new containers may take where their variant does not say */
  constructor(account: Account, launcher: Launcher, cloudwatch: CloudWatchClient, log: FastifyBaseLogger, startupSeconds: number) {
    this.#account = account;
    this.#launcher = launcher;
    this.#cloudwatch = cloudwatch;
    this.#log = log;
    this.#startupMilliseconds = startupSeconds * 1000;
  }

  /** What takes an endpoint's requests; undefined where it was never in service. */
  traffic(endpoint: string): Traffic | undefined {
    return this.#traffic.get(endpoint);
  }

  /** The fleet that an update brings up. */
  pending(endpoint: string): Fleet | undefined {
    return this.#pending.get(endpoint);
  }

  /** Brings back what ran before the host ended, and takes up again what was under way. */
  async restore(): Promise<void> {
    await Promise.all(Object.entries(this.#account.state.endpoints).map(([name, endpoint]) => this.#restoreEndpoint(name, endpoint)));
  }

  /** Starts whatever the endpoint's status asks for; the operation that set it does not wait. */
  proceed(name: string, endpoint: EndpointRecord): void {
    if (endpoint.status === "Deleting") this.#inBackground(name, this.#delete(name));
    if (endpoint.status === "Creating" || endpoint.status === "Updating") this.#inBackground(name, this.#deploy(name, endpoint));
  }

  /** Ends every container. Endpoints keep their status: the next host takes up where this one stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#fleets].map((fleet) => this.#stop(fleet)));
    await Promise.all(this.#underWay);
  }

  async #restoreEndpoint(name: string, endpoint: EndpointRecord): Promise<void> {
    if (endpoint.live !== undefined && endpoint.status !== "Deleting") {
      const fleet = this.#fleet(name, endpoint.live);
      this.#traffic.set(name, new Traffic(fleet));
      await fleet.restore();
    }
    const { update } = endpoint;
    // Nobody watched the new fleet while no host ran: what had taken traffic is not trusted with it again.
    if (update !== undefined && update.stage !== "Creating") await this.#settle(endpoint, endpoint.live, interrupted(update));
    this.proceed(name, endpoint);
  }

  /** Every new container answers before any traffic moves; what carries none any more drains. */
  async #deploy(name: string, endpoint: EndpointRecord): Promise<void> {
    const { target } = endpoint;
    if (target === undefined) throw new Error(`endpoint ${name} is ${endpoint.status} without a target`);
    const green = this.#fleet(name, target);
    this.#pending.set(name, green);
    const objection = await this.#rollOut(name, endpoint, target, green).catch((error: unknown) => failureReason(target, error));
    this.#pending.delete(name);
    if (this.#closed) return;
    const traffic = this.#traffic.get(name);
    if (objection !== undefined) {
      this.#log.warn({ endpoint: name, config: target.config, reason: objection }, "the deployment is given up");
      // Back first, written down after: should the host be killed in between, the next one comes to the same end.
      traffic?.back();
      await this.#settle(endpoint, endpoint.live, objection);
      await this.#stop(green);
      return;
    }
    const blue = traffic?.complete(green);
    if (traffic === undefined) this.#traffic.set(name, new Traffic(green));
    await this.#settle(endpoint, target);
    if (blue !== undefined) await this.#stop(blue);
  }

  #rollOut(name: string, endpoint: EndpointRecord, target: Deployment, green: Fleet): Promise<string | undefined> {
    const { update } = endpoint;
    const { clock } = this.#account;
    const started = update === undefined ? clock.now() : new Date(update.started);
    const alarms = new AlarmWatch(this.#cloudwatch, alarmNames(update?.config), started, clock);
    const guard = new Guard({
      look: () => alarms.look(),
      started,
      maximumSeconds: update?.config?.BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds,
      closed: () => this.#closed,
      clock,
    });
    const instances = target.variant.InitialInstanceCount;
    const enter = (stage: Stage) => this.#enter(endpoint, stage);
    return rollOut({ config: update?.config, instances, green, traffic: this.#traffic.get(name), guard, enter });
  }

  async #enter({ update }: EndpointRecord, stage: Stage): Promise<void> {
    if (update === undefined) return;
    Object.assign(update, { stage, stageStarted: this.#account.now() });
    await this.#account.save();
  }

  /** Ends a deployment: in service with what is live, failed where nothing is. */
  async #settle(endpoint: EndpointRecord, live: Deployment | undefined, reason?: string): Promise<void> {
    endpoint.status = live === undefined ? "Failed" : "InService";
    endpoint.live = live;
    if (live !== undefined) endpoint.target = undefined;
    endpoint.update = undefined;
    endpoint.failureReason = reason?.slice(0, longestReason);
    endpoint.modified = this.#account.now();
    await this.#account.save();
  }

  async #delete(name: string): Promise<void> {
    const traffic = this.#traffic.get(name);
    this.#traffic.delete(name);
    if (traffic !== undefined) await this.#stop(traffic.live);
    delete this.#account.state.endpoints[name];
    delete this.#account.state.tags[this.#account.arn("endpoint", name)];
    await this.#account.save();
  }

  #fleet(name: string, { variant, container }: Deployment): Fleet {
    const seconds = variant.ContainerStartupHealthCheckTimeoutInSeconds;
    const fleet = new Fleet({
      instances: variant.InitialInstanceCount,
      startupMilliseconds: seconds === undefined ? this.#startupMilliseconds : seconds * 1000,
      launch: () => this.#launcher.launch(name, container),
      clock: this.#account.clock,
      log: this.#log.child({ endpoint: name }),
    });
    this.#fleets.add(fleet);
    return fleet;
  }

  async #stop(fleet: Fleet): Promise<void> {
    await fleet.stop();
    this.#fleets.delete(fleet);
  }

  #inBackground(name: string, work: Promise<void>): void {
    const settled = work.catch((error: unknown) =>
      this.#log.error({ err: error, endpoint: name }, "the endpoint is stuck: a bug of the host"),
    );
    this.#underWay.add(settled);
    void settled.finally(() => this.#underWay.delete(settled));
  }
}

function failureReason({ variant }: Deployment, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.startsWith("The container")
    ? `The primary container for production variant ${variant.VariantName} did not pass the ping health check. ${reason}`
    : reason;
}

function interrupted({ stage, stageStarted }: EndpointUpdate): string {
  return `The deployment was rolled back because the endpoint host ended while it was ${stage} (since ${stageStarted}).`;
}
