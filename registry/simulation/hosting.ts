import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerServiceException,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import type { Buckets } from "./buckets.ts";
import type { Clock } from "./clock.ts";
import { type Course, Rollout } from "./rollout.ts";
import type { Span } from "./traffic.ts";

type Model = CreateModelCommand["input"];
type Configuration = CreateEndpointConfigCommand["input"];

/** What answers behind an endpoint. */
interface Fleet {
  config: string;
  model: Model;
  mislabelled: boolean;
}

/** Names of models and endpoint configurations, with what stands under them. */
export interface Stock {
  models: Map<string, Model>;
  configs: Map<string, Configuration>;
}

export interface HostingOptions {
  /** Of the endpoint. */
  name: string;
  /** The configuration that it serves. */
  config: string;
  stock: Stock;
  /** Of the updates in their order, again from the start when they are used up. */
  courses: readonly Course[];
  clock: Clock;
  buckets: Buckets;
  /** State of a CloudWatch alarm at a moment; undefined where there is none of that name. */
  alarm(name: string, now: number): string | undefined;
  /** A configuration has just taken more of the traffic than a canary's share. */
  onWhole(config: string, now: number): void;
}

/** Everything about SageMaker's answers that one old answer may still tell. */
type Shown = Record<string, unknown> & { EndpointStatus: string };

/** SageMaker with one endpoint. Its updates take virtual time, and go as their courses, their deployment configurations and the alarms say. */
export class Hosting {
  readonly models: Map<string, Model>;
  readonly configs: Map<string, Configuration>;
  /** Configurations that came up, in order; the last one serves. */
  readonly served: string[] = [];
  /** Who took which share of the traffic when. */
  readonly spans: Span[] = [];
  /** Updates whose fleet did not come up, or answered wrong. */
  troubles = 0;
  /** Updates that an alarm ended. */
  returns = 0;
  /** Packages that were served before they were whole. */
  readonly brokenPackages: string[] = [];
  readonly #options: HostingOptions;
  /** Updates that were begun. */
  #updates = 0;
  /** Updates that were begun, and those that ended: the world changes with both. */
  changes = 0;
  #live: Fleet;
  #target: { fleet: Fleet; rollout: Rollout; share: number } | undefined;
  #failureReason: string | undefined;
  #shownBefore: Shown;
  #answers = 0;

  constructor(options: HostingOptions) {
    const { config, stock, clock } = options;
    this.#options = options;
    this.models = new Map(stock.models);
    this.configs = new Map(stock.configs);
    this.#live = this.configs.has(config) ? this.#fleetOf(config) : { config, model: { ModelName: undefined }, mislabelled: false };
    this.served.push(config);
    this.#shownBefore = this.#shown();
    this.#share(clock.milliseconds);
  }

  /** When the update that is under way ends at the latest, in milliseconds since the epoch. */
  get busyUntil(): number | undefined {
    this.proceed();
    return this.#target?.rollout.until;
  }

  /** The configuration that answers. */
  get servingConfig(): string {
    this.proceed();
    return this.#live.config;
  }

  /** It answers, and its answers name what it was made for. */
  get answersRight(): boolean {
    this.proceed();
    return !this.#live.mislabelled;
  }

  /** @param stale tells of the endpoint what was true before its last change */
  answer(command: object, stale = false): object {
    this.proceed();
    if (command instanceof CreateModelCommand) return this.#create(this.models, "model", command.input.ModelName, command.input);
    if (command instanceof CreateEndpointConfigCommand) return this.#createConfig(command.input);
    if (command instanceof DescribeModelCommand) return this.#find(this.models, "model", command.input.ModelName);
    if (command instanceof DescribeEndpointConfigCommand)
      return this.#find(this.configs, "endpoint configuration", command.input.EndpointConfigName);
    if (command instanceof DescribeEndpointCommand) return stale ? this.#shownBefore : this.#shown();
    if (command instanceof UpdateEndpointCommand) return this.update(command.input);
    if (command instanceof InvokeEndpointCommand) return this.#invoke();
    throw new Error(`the simulated SageMaker has no ${command.constructor.name}`);
  }

  update({
    EndpointConfigName: config = "",
    DeploymentConfig: deployment,
  }: Pick<UpdateEndpointCommand["input"], "EndpointConfigName" | "DeploymentConfig">) {
    this.proceed();
    const { name, courses, clock, alarm } = this.#options;
    if (this.#target !== undefined) throw refusal(`Cannot update in-progress endpoint "${name}".`);
    // SageMaker needs the live configuration to go back to, and refuses when it was deleted.
    this.#find(this.configs, "endpoint configuration", this.#live.config);
    const fleet = this.#fleetOf(config);
    const instances = this.configs.get(config)?.ProductionVariants?.[0]?.InitialInstanceCount ?? 1;
    const { Value: canary = 0 } = deployment?.BlueGreenUpdatePolicy?.TrafficRoutingConfiguration?.CanarySize ?? {};
    if (2 * canary > instances) throw refusal(`Invalid DeploymentConfig: CanarySize of ${canary} instances is larger than 50%.`);
    this.changes++;
    const course = courses[this.#updates++ % courses.length] ?? { seconds: 2, ends: "comes-up" };
    this.#shownBefore = this.#shown();
    const rollout = new Rollout({
      config,
      deployment,
      instances,
      course,
      started: clock.milliseconds,
      fault: () => this.#fault(fleet, course),
      alarmed: (names, now) => {
        const up = names.find((each) => alarm(each, now) !== "OK");
        if (up !== undefined) this.returns++;
        return up;
      },
      shift: (share, now) => this.#shift(share, now),
    });
    this.#target = { fleet: { ...fleet, mislabelled: course.ends === "mislabelled" }, rollout, share: 0 };
    this.#failureReason = undefined;
    return {};
  }

  /** Lets happen what time brought. */
  proceed(): void {
    if (this.#target === undefined) return;
    const { fleet, rollout } = this.#target;
    const shown = this.#shown();
    const { stage, since } = rollout;
    rollout.proceed(this.#options.clock.milliseconds);
    if (rollout.ended === undefined) {
      if (rollout.stage !== stage || rollout.since !== since) this.#shownBefore = shown;
      return;
    }
    this.changes++;
    this.#shownBefore = shown;
    this.#target = undefined;
    this.#failureReason = rollout.ended.because;
    if (rollout.ended.because !== undefined) return;
    this.#live = fleet;
    if (fleet.mislabelled) this.troubles++;
    this.served.push(fleet.config);
  }

  #shift(share: number, now: number): void {
    const target = this.#target;
    if (target === undefined) throw new Error("traffic shifts, and nothing is under way");
    target.share = share;
    this.#share(now);
    if (share === 1) this.#options.onWhole(target.fleet.config, now);
  }

  #share(now: number): void {
    for (const span of this.spans) if (span.to === Number.POSITIVE_INFINITY) span.to = now;
    const share = this.#target?.share ?? 0;
    const fleets: [Model | undefined, number][] = [
      [this.#live.model, 1 - share],
      [this.#target?.fleet.model, share],
    ];
    for (const [model, part] of fleets) {
      const version = model?.PrimaryContainer?.Environment?.FALCONRY_MODEL_VERSION;
      if (version !== undefined && part > 0) this.spans.push({ version, from: now, to: Number.POSITIVE_INFINITY, share: part });
    }
  }

  #create<T>(kind: Map<string, T>, what: string, name: string | undefined, value: T): object {
    if (name === undefined || kind.has(name)) throw refusal(`Cannot create already existing ${what} "${name}".`);
    kind.set(name, value);
    return {};
  }

  #createConfig(input: Configuration): object {
    this.#find(this.models, "model", input.ProductionVariants?.[0]?.ModelName);
    return this.#create(this.configs, "endpoint configuration", input.EndpointConfigName, input);
  }

  #find<T>(kind: Map<string, T>, what: string, name: string | undefined): T {
    const found = kind.get(name ?? "");
    if (found === undefined) throw refusal(`Could not find ${what} "${name}".`);
    return found;
  }

  #fleetOf(config: string): Fleet {
    const [variant] = this.#find(this.configs, "endpoint configuration", config).ProductionVariants ?? [];
    return { config, model: this.#find(this.models, "model", variant?.ModelName), mislabelled: false };
  }

  #fault(fleet: Fleet, { ends }: Course): string | undefined {
    const fault = this.#packageFault(fleet) ?? (ends === "returns" ? "The container did not pass the ping health check." : undefined);
    if (fault !== undefined) this.troubles++;
    return fault;
  }

  /** A container reads its package, and does not start on another one. */
  #packageFault({ model }: Fleet): string | undefined {
    const source = model.PrimaryContainer?.ModelDataSource?.S3DataSource?.S3Uri ?? "";
    const [, place = "", digest = ""] = /^s3:\/\/([^/]+\/([^/]+))\/$/.exec(source) ?? [];
    const hash = (file: string) => sha256(this.#options.buckets.bytes(`${place}/${file}`) ?? "");
    const isWhole = hash("manifest.json") === digest && sha256(manifest(hash)) === digest;
    if (isWhole) return undefined;
    this.brokenPackages.push(source);
    return `The package ${source} is not what its digest says.`;
  }

  #shown(): Shown {
    const { config: EndpointConfigName } = this.#live;
    const rollout = this.#target?.rollout;
    return {
      EndpointName: this.#options.name,
      EndpointStatus: rollout === undefined ? "InService" : "Updating",
      EndpointConfigName,
      ...(this.#failureReason !== undefined && { FailureReason: this.#failureReason }),
      ...(rollout && { PendingDeploymentSummary: pending(rollout) }),
    };
  }

  /** While traffic shifts, both fleets answer in turn. */
  #invoke(): object {
    const target = this.#target;
    const isNew = target !== undefined && Math.floor(this.#answers * target.share) < Math.floor((this.#answers + 1) * target.share);
    this.#answers++;
    const { model, mislabelled } = isNew ? target.fleet : this.#live;
    const {
      FALCONRY_MODEL_NAME: name,
      FALCONRY_MODEL_VERSION,
      FALCONRY_RUN,
      FALCONRY_DATASET: dataset,
    } = model.PrimaryContainer?.Environment ?? {};
    const run = mislabelled ? "another" : FALCONRY_RUN;
    const text = JSON.stringify({
      predictions: [{ prediction: 1, model: { name, version: Number(FALCONRY_MODEL_VERSION) }, run, dataset }],
    });
    return { Body: { transformToString: () => text } };
  }
}

function pending({ config, started, stage, since }: Rollout): object {
  const VariantStatus = [{ Status: stage, StartTime: new Date(since) }];
  return { EndpointConfigName: config, StartTime: new Date(started), ProductionVariants: [{ VariantName: "live", VariantStatus }] };
}

function manifest(hash: (file: string) => string): string {
  return canonicalJson({ MLmodel: hash("MLmodel"), "model.onnx": hash("model.onnx") });
}

function refusal(message: string): SageMakerServiceException {
  return new SageMakerServiceException({ name: "ValidationException", $fault: "client", message, $metadata: { httpStatusCode: 400 } });
}
