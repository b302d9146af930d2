import { sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { EmulatorClients } from "../provider/clients.ts";
import { emulatedType } from "../provider/emulated-types.ts";
import type { Properties, ResourceType, Standing } from "../provider/resource-type.ts";
import { changedInputs, withIgnored } from "./difference.ts";
import type { ResourceFile, ResourceRecord } from "./resource-file.ts";
import { closeSecrets, openSecrets, sealSecrets } from "./secrets.ts";

/** Characters of the suffix of an automatic name, as Pulumi's own names have. */
const SUFFIX_LENGTH = 7;

/** A resource that the program declares. */
export interface Declared {
  urn: string;
  type: string;
  name: string;
  /** Secrets wrapped, as Pulumi hands them over. */
  inputs: Properties;
  ignoreChanges: readonly string[];
}

/** What one run did, by URN. */
export interface EngineReport {
  created: string[];
  updated: string[];
  unchanged: string[];
  /** Stands in the region, but the program no longer declares it. Never deleted. */
  orphans: string[];
}

/**
 * Brings the emulator to what the program declares. Inputs are compared with the recorded ones, never with the live state: unchanged, nothing is asked but whether
 * the resource still stands; missing, it is created again.
 */
export class EmulatorEngine {
  readonly #clients: EmulatorClients;
  readonly #file: ResourceFile;
  readonly #progress: Progress;
  readonly #did = new Map<string, "created" | "updated" | "unchanged">();
  /** Type and id of what stands, to its URN. */
  readonly #owners = new Map<string, string>();

  constructor(clients: EmulatorClients, file: ResourceFile, progress: Progress) {
    this.#clients = clients;
    this.#file = file;
    this.#progress = progress;
  }

  /**
   * @returns the id and all outputs of the resource, secrets wrapped
   * @throws FalconryError `local.not-emulated`, `local.duplicate-resource`, `local.replacement-refused`
   */
  async apply(declared: Declared): Promise<Standing> {
    const { urn, name, ignoreChanges } = declared;
    if (this.#did.has(urn)) throw duplicate(declared, urn);
    this.#did.set(urn, "unchanged");
    const type = emulatedType(declared.type);
    const opened = openSecrets(declared.inputs);
    const wanted = sealSecrets(opened, this.#file.salt);
    const task = { clients: this.#clients, automaticName: `${name}-${sha256(urn).slice(0, SUFFIX_LENGTH)}` };
    const recorded = this.#file.get(urn);

    const stand = async (did: "created" | "updated", inputs: Properties, work: Promise<Standing>): Promise<ResourceRecord> => {
      const { id, outputs } = await work;
      this.#claim(declared, id);
      const record = { type: declared.type, id, inputs, outputs };
      await this.#file.set(urn, record);
      this.#did.set(urn, did);
      this.#progress(`${did} ${type.token.split(":").at(-1)} ${name}`);
      return record;
    };

    if (recorded === undefined || !(await type.read(recorded.id, this.#clients))) {
      const record = await stand("created", wanted, type.create(opened.inputs, task));
      return answer(record, opened.inputs, opened.secretKeys);
    }
    const inputs = withIgnored(recorded.inputs, opened.inputs, ignoreChanges);
    const changed = changedInputs(recorded.inputs, wanted, ignoreChanges);
    refuseReplacement(type, declared, changed);
    if (changed.length > 0) {
      const sealed = withIgnored(recorded.inputs, wanted, ignoreChanges);
      return answer(await stand("updated", sealed, type.update(recorded.id, inputs, task)), inputs, opened.secretKeys);
    }
    this.#claim(declared, recorded.id);
    return answer(recorded, inputs, opened.secretKeys);
  }

  report(): EngineReport {
    const urns = [...this.#did.keys()].sort();
    const that = (did: string) => urns.filter((urn) => this.#did.get(urn) === did);
    return {
      created: that("created"),
      updated: that("updated"),
      unchanged: that("unchanged"),
      orphans: this.#file.urns().filter((urn) => !this.#did.has(urn)),
    };
  }

  /** Two resources of a program must not be one thing in the region: each would undo the other's settings. */
  #claim(declared: Declared, id: string): void {
    const thing = `${declared.type} ${id}`;
    const owner = this.#owners.get(thing) ?? declared.urn;
    if (owner !== declared.urn) throw duplicate(declared, owner);
    this.#owners.set(thing, declared.urn);
  }
}

function answer(record: ResourceRecord, inputs: Properties, secretKeys: ReadonlySet<string>): Standing {
  return { id: record.id, outputs: closeSecrets({ ...inputs, ...record.outputs }, secretKeys) };
}

function duplicate({ type, name }: Declared, owner: string): FalconryError {
  return new FalconryError("local.duplicate-resource", {
    message: `${type} "${name}" is declared twice; the other is ${owner}`,
    hint: "Give each resource of the program a name of its own",
  });
}

function refuseReplacement(type: ResourceType, { name }: Declared, changed: string[]): void {
  const fixed = changed.filter((input) => type.replaceOn.includes(input));
  if (fixed.length === 0) return;
  throw new FalconryError("local.replacement-refused", {
    message: `${type.token} "${name}": ${fixed.join(", ")} changed, which only a new resource in its place could take; what the old one holds would be lost`,
    hint: "Change it back, or start a fresh region in another folder (FALCONRY_DIRECTORY)",
  });
}
