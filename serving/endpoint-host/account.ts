import { arn, type ResourceKind, resourceKinds } from "./arn.ts";
import type { Clock } from "./clock.ts";
import { validation } from "./service-error.ts";
import type { State, StateFile } from "./state.ts";

/** The resources of the emulated account, with SageMaker's words for what is missing or there twice. */
export class Account {
  readonly region: string;
  readonly clock: Clock;
  /** Instances that all endpoints together may run. */
  readonly instanceLimit: number;
  readonly #file: StateFile;

  constructor(region: string, file: StateFile, clock: Clock, instanceLimit: number) {
    this.region = region;
    this.instanceLimit = instanceLimit;
    this.#file = file;
    this.clock = clock;
  }

  get state(): State {
    return this.#file.current;
  }

  save(): Promise<void> {
    return this.#file.save();
  }

  now(): string {
    return this.clock.now().toISOString();
  }

  arn(kind: ResourceKind, name: string): string {
    return arn(this.region, kind, name);
  }

  /** @throws ServiceError ValidationException where the name is not there */
  find<Kind extends ResourceKind>(kind: Kind, name: string): Records[Kind] {
    const records = this.records(kind);
    const record = Object.hasOwn(records, name) ? records[name] : undefined;
    if (record === undefined) throw validation(`Could not find ${resourceKinds[kind]} "${this.arn(kind, name)}".`);
    return record;
  }

  /** @throws ServiceError ValidationException where the name is taken */
  refuseTaken(kind: ResourceKind, name: string): void {
    if (!Object.hasOwn(this.records(kind), name)) return;
    throw validation(`Cannot create already existing ${resourceKinds[kind]} "${this.arn(kind, name)}".`);
  }

  /** Sets tags on a resource; each key has one value. */
  tag(resource: string, tags: readonly { Key: string; Value: string }[] = []): void {
    if (tags.length === 0) return;
    this.state.tags[resource] = { ...this.state.tags[resource], ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
  }

  records<Kind extends ResourceKind>(kind: Kind): Record<string, Records[Kind]>;
  records(kind: ResourceKind): Record<string, Records[ResourceKind]> {
    if (kind === "model") return this.state.models;
    return kind === "endpoint" ? this.state.endpoints : this.state.configs;
  }
}

interface Records {
  model: State["models"][string];
  "endpoint-config": State["configs"][string];
  endpoint: State["endpoints"][string];
}
