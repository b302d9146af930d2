import { sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { EmulatorClients } from "../provider/clients.ts";
import { emulatedType } from "../provider/emulated-types.ts";
import type { Properties, ResourceType, Standing } from "../provider/resource-type.ts";
import { serviceRefusal } from "../provider/service-refusal.ts";
import { changedInputs, withIgnored } from "./difference.ts";
import type { ResourceFile } from "./resource-file.ts";
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

/** What one run did. */
export interface EngineReport {
  /** URNs. */
  created: string[];
  /** URNs. */
  updated: string[];
  /** How many resources stood as declared. */
  unchanged: number;
  /** URNs of what stands in the region and the program no longer declares. Never deleted. */
  orphans: string[];
}

/**
 * Brings the emulator to what the program declares. Inputs are compared with the recorded ones, never with the live state: unchanged, nothing is asked but whether
 * the resource still stands; missing, it is created again.
 */
export class EmulatorEngine {
  readonly #clients: EmulatorClients;
  readonly #file: ResourceFile;
  readonly #did = new Map<string, "created" | "updated" | "unchanged">();
  /** Type and id of what stands, to its URN. */
  readonly #owners = new Map<string, string>();

  constructor(clients: EmulatorClients, file: ResourceFile) {
    this.#clients = clients;
    this.#file = file;
  }

  /**
   * @returns the id and all outputs of the resource, secrets wrapped
   * @throws FalconryError `local.not-emulated`, `local.duplicate-resource`, `local.replacement-refused`, `local.apply-failed`
   */
  async apply(declared: Declared): Promise<Standing> {
    const { urn, name, ignoreChanges } = declared;
    if (this.#did.has(urn)) throw duplicate(declared, urn);
    this.#did.set(urn, "unchanged");
    const type = emulatedType(declared.type);
    const { inputs, secretKeys } = openSecrets(declared.inputs);
    const sealed = sealSecrets({ inputs, secretKeys }, this.#file.salt);
    const task = { clients: this.#clients, automaticName: `${name}-${sha256(urn).slice(0, SUFFIX_LENGTH)}` };
    const answer = ({ id, outputs }: Standing, inputs: Properties) => ({
      id,
      outputs: closeSecrets({ ...inputs, ...outputs }, secretKeys),
    });

    const recorded = this.#file.get(urn);
    if (recorded === undefined || !(await explained(declared, "looked for", type.read(recorded.id, this.#clients)))) {
      const standing = await explained(declared, "created", type.create(inputs, task));
      await this.#record(declared, standing, sealed, "created");
      return answer(standing, inputs);
    }
    const kept = withIgnored(recorded.inputs, inputs, ignoreChanges);
    const changed = changedInputs(recorded.inputs, sealed, ignoreChanges);
    refuseReplacement(type, declared, changed);
    if (changed.length === 0) {
      this.#claim(declared, recorded.id);
      return answer(recorded, kept);
    }
    const standing = await explained(declared, "updated", type.update(recorded.id, kept, task));
    await this.#record(declared, standing, withIgnored(recorded.inputs, sealed, ignoreChanges), "updated");
    return answer(standing, kept);
  }

  report(): EngineReport {
    const urns = [...this.#did.keys()].sort();
    const that = (did: string) => urns.filter((urn) => this.#did.get(urn) === did);
    return {
      created: that("created"),
      updated: that("updated"),
      unchanged: that("unchanged").length,
      orphans: this.#file.urns().filter((urn) => !this.#did.has(urn)),
    };
  }

  async #record(declared: Declared, { id, outputs }: Standing, inputs: Properties, did: "created" | "updated"): Promise<void> {
    this.#claim(declared, id);
    await this.#file.set(declared.urn, { type: declared.type, id, inputs, outputs });
    this.#did.set(declared.urn, did);
  }

  /** Two resources of a program must not be one thing in the region: each would undo the other's settings. */
  #claim(declared: Declared, id: string): void {
    const thing = `${declared.type} ${id}`;
    const owner = this.#owners.get(thing) ?? declared.urn;
    if (owner !== declared.urn) throw duplicate(declared, owner);
    this.#owners.set(thing, declared.urn);
  }
}

/** Names the resource in what AWS refused; what was recorded before stays, and the next run goes on from there. */
async function explained<Result>({ type, name }: Declared, done: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const refusal = serviceRefusal(error);
    if (refusal === undefined) throw error;
    throw new FalconryError("local.apply-failed", {
      message: `${type} "${name}" could not be ${done}: ${refusal}`,
      hint: "Look into falconry local logs, then run: falconry local up. It goes on where this run ended",
      cause: error,
    });
  }
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
