import type { FastifyBaseLogger } from "fastify";
import type { Account } from "./account.ts";
import { Fleet } from "./fleet.ts";
import type { Launcher } from "./launcher.ts";
import type { Deployment, EndpointRecord } from "./state.ts";

/** SageMaker's limit for FailureReason. */
const longestReason = 1024;

/**
 * Brings endpoints from one state to the next, in the background: what an operation has written down as its target comes up beside
 * what is live, takes the traffic when all of it is healthy, or is given up.
 */
export class Hosting {
  readonly #account: Account;
  readonly #launcher: Launcher;
  readonly #log: FastifyBaseLogger;
  readonly #startupMilliseconds: number;
  readonly #live = new Map<string, Fleet>();
  readonly #fleets = new Set<Fleet>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  /** @param startupSeconds how long new containers may take where their variant does not say */
  constructor(account: Account, launcher: Launcher, log: FastifyBaseLogger, startupSeconds: number) {
    this.#account = account;
    this.#launcher = launcher;
    this.#log = log;
    this.#startupMilliseconds = startupSeconds * 1000;
  }

  /** The fleet that takes an endpoint's traffic. */
  live(endpoint: string): Fleet | undefined {
    return this.#live.get(endpoint);
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
      this.#live.set(name, fleet);
      await fleet.restore();
    }
    this.proceed(name, endpoint);
  }

  /** All at once: every new container answers before the traffic moves, in one step, and the old ones drain. */
  async #deploy(name: string, endpoint: EndpointRecord): Promise<void> {
    const { target } = endpoint;
    if (target === undefined) throw new Error(`endpoint ${name} is ${endpoint.status} without a target`);
    const next = this.#fleet(name, target);
    try {
      await next.start();
    } catch (error) {
      await this.#stop(next);
      if (this.#closed) return;
      await this.#settle(endpoint, endpoint.live, failureReason(target, error));
      return;
    }
    const previous = this.#live.get(name);
    this.#live.set(name, next);
    await this.#settle(endpoint, target);
    if (previous !== undefined) await this.#stop(previous);
  }

  /** Ends a deployment: in service with what is live, failed where nothing is. */
  async #settle(endpoint: EndpointRecord, live: Deployment | undefined, reason?: string): Promise<void> {
    endpoint.status = live === undefined ? "Failed" : "InService";
    endpoint.live = live;
    if (live !== undefined) endpoint.target = undefined;
    endpoint.failureReason = reason;
    endpoint.modified = this.#account.now();
    await this.#account.save();
  }

  async #delete(name: string): Promise<void> {
    const fleet = this.#live.get(name);
    this.#live.delete(name);
    if (fleet !== undefined) await this.#stop(fleet);
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
  const inSageMakersWords = reason.startsWith("The container")
    ? `The primary container for production variant ${variant.VariantName} did not pass the ping health check. ${reason}`
    : reason;
  return inSageMakersWords.slice(0, longestReason);
}
