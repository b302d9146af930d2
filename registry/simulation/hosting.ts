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

/** How one update of the endpoint goes. */
export interface Course {
  seconds: number;
  /** "mislabelled": it comes up, and answers name another run. */
  ends: "comes-up" | "returns" | "mislabelled";
}

type Model = CreateModelCommand["input"];
type Configuration = CreateEndpointConfigCommand["input"];

/** What answers behind an endpoint. */
interface Fleet {
  config: string;
  model: Model;
  mislabelled: boolean;
}

interface EndpointShown {
  EndpointName: string;
  EndpointStatus: string;
  EndpointConfigName: string;
  FailureReason?: string;
}

/** Names of models and endpoint configurations, with what stands under them. */
export interface Stock {
  models: Map<string, Model>;
  configs: Map<string, Configuration>;
}

/** SageMaker with one endpoint. Its updates take virtual time, and end as their courses say; traffic moves when one has come up. */
export class Hosting {
  readonly models: Map<string, Model>;
  readonly configs: Map<string, Configuration>;
  /** Configurations that came up, in order; the last one serves. */
  readonly served: string[] = [];
  /** Updates that ended otherwise than by coming up. */
  troubles = 0;
  /** Packages that were served before they were whole. */
  readonly brokenPackages: string[] = [];
  readonly #clock: Clock;
  readonly #buckets: Buckets;
  readonly #name: string;
  readonly #courses: readonly Course[];
  #updates = 0;
  #live: Fleet;
  #target: { fleet: Fleet; course: Course; until: number } | undefined;
  #failureReason: string | undefined;
  #shownBefore: EndpointShown;

  /** @param courses of the updates in their order, again from the start when they are used up */
  constructor(name: string, config: string, stock: Stock, courses: readonly Course[], clock: Clock, buckets: Buckets) {
    this.models = new Map(stock.models);
    this.configs = new Map(stock.configs);
    this.#name = name;
    this.#courses = courses;
    this.#clock = clock;
    this.#buckets = buckets;
    this.#live = this.configs.has(config) ? this.#fleetOf(config) : { config, model: { ModelName: undefined }, mislabelled: false };
    this.served.push(config);
    this.#shownBefore = this.#shown();
  }

  get status(): string {
    return this.#shown().EndpointStatus;
  }

  /** When the update that is under way ends, in milliseconds since the epoch. */
  get busyUntil(): number | undefined {
    this.#proceed();
    return this.#target?.until;
  }

  /** The configuration that answers. */
  get servingConfig(): string {
    this.#proceed();
    return this.#live.config;
  }

  /** It answers, and its answers name what it was made for. */
  get answersRight(): boolean {
    this.#proceed();
    return !this.#live.mislabelled;
  }

  /** @param stale tells of the endpoint what was true before its last change */
  answer(command: object, stale = false): object {
    this.#proceed();
    if (command instanceof CreateModelCommand) return this.#create(this.models, "model", command.input.ModelName, command.input);
    if (command instanceof CreateEndpointConfigCommand) return this.#createConfig(command.input);
    if (command instanceof DescribeModelCommand) return this.#find(this.models, "model", command.input.ModelName);
    if (command instanceof DescribeEndpointConfigCommand)
      return this.#find(this.configs, "endpoint configuration", command.input.EndpointConfigName);
    if (command instanceof DescribeEndpointCommand) return stale ? this.#shownBefore : this.#shown();
    if (command instanceof UpdateEndpointCommand) return this.update(command.input.EndpointConfigName ?? "");
    if (command instanceof InvokeEndpointCommand) return this.#invoke();
    throw new Error(`the simulated SageMaker has no ${command.constructor.name}`);
  }

  update(config: string): object {
    this.#proceed();
    if (this.#target !== undefined) throw refusal(`Cannot update in-progress endpoint "${this.#name}".`);
    // SageMaker needs the live configuration to go back to, and refuses when it was deleted.
    this.#find(this.configs, "endpoint configuration", this.#live.config);
    const fleet = this.#fleetOf(config);
    const course = this.#courses[this.#updates++ % this.#courses.length] ?? { seconds: 2, ends: "comes-up" };
    this.#shownBefore = this.#shown();
    this.#target = { fleet, course, until: this.#clock.milliseconds + course.seconds * 1000 };
    this.#failureReason = undefined;
    return {};
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

  /** Ends the update whose time has come. */
  #proceed(): void {
    if (this.#target === undefined || this.#target.until > this.#clock.milliseconds) return;
    const { fleet, course } = this.#target;
    this.#shownBefore = this.#shown();
    this.#target = undefined;
    const fault =
      this.#packageFault(fleet) ?? (course.ends === "returns" ? "The container did not pass the ping health check." : undefined);
    if (fault !== undefined || course.ends === "mislabelled") this.troubles++;
    if (fault === undefined) {
      this.#live = { ...fleet, mislabelled: course.ends === "mislabelled" };
      this.served.push(fleet.config);
    }
    this.#failureReason = fault;
  }

  /** A container reads its package, and does not start on another one. */
  #packageFault({ model }: Fleet): string | undefined {
    const source = model.PrimaryContainer?.ModelDataSource?.S3DataSource?.S3Uri ?? "";
    const [, place = "", digest = ""] = /^s3:\/\/([^/]+\/([^/]+))\/$/.exec(source) ?? [];
    const hash = (file: string) => sha256(this.#buckets.objects.get(`${place}/${file}`) ?? "");
    const isWhole = hash("manifest.json") === digest && sha256(manifest(hash)) === digest;
    if (isWhole) return undefined;
    this.brokenPackages.push(source);
    return `The package ${source} is not what its digest says.`;
  }

  #shown(): EndpointShown {
    const EndpointStatus = this.#target === undefined ? "InService" : "Updating";
    const shown = { EndpointName: this.#name, EndpointStatus, EndpointConfigName: this.#live.config };
    return this.#failureReason === undefined ? shown : { ...shown, FailureReason: this.#failureReason };
  }

  #invoke(): object {
    const {
      FALCONRY_MODEL_NAME: name,
      FALCONRY_MODEL_VERSION,
      FALCONRY_RUN,
      FALCONRY_DATASET: dataset,
    } = this.#live.model.PrimaryContainer?.Environment ?? {};
    const run = this.#live.mislabelled ? "another" : FALCONRY_RUN;
    const text = JSON.stringify({
      predictions: [{ prediction: 1, model: { name, version: Number(FALCONRY_MODEL_VERSION) }, run, dataset }],
    });
    return { Body: { transformToString: () => text } };
  }
}

function manifest(hash: (file: string) => string): string {
  return canonicalJson({ MLmodel: hash("MLmodel"), "model.onnx": hash("model.onnx") });
}

function refusal(message: string): SageMakerServiceException {
  return new SageMakerServiceException({ name: "ValidationException", $fault: "client", message, $metadata: { httpStatusCode: 400 } });
}
