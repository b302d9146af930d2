import { FalconryError } from "@falconry/environment/error.ts";
import type { z } from "zod";
import type { EmulatorClients } from "./clients.ts";

/** Inputs of a resource as the program gives them, or outputs as the aws provider names them. */
export type Properties = Record<string, unknown>;

/** What a create or an update is done with. */
export interface Task {
  clients: EmulatorClients;
  /** Name to use where the program gives none: the resource's own with a suffix, always the same for one URN. */
  automaticName: string;
}

/** What stands after a create or an update. */
export interface Standing {
  id: string;
  /** What AWS adds to the inputs: arn, name, … */
  outputs: Properties;
}

/** One Pulumi resource type on the emulator: create, read, update, delete by the AWS SDK. */
export interface ResourceType {
  token: string;
  /** Inputs that no update can change. */
  replaceOn: readonly string[];
  /**
   * Creates the resource. Where one of this name stands already, which a killed run left behind, it is made to match.
   *
   * @throws FalconryError `local.not-emulated` – an input that the emulator provider does not know
   */
  create(inputs: Properties, task: Task): Promise<Standing>;
  /** Whether the resource stands. Changes nothing. */
  read(id: string, clients: EmulatorClients): Promise<boolean>;
  /** Only called when an input outside of {@link replaceOn} changed. */
  update(id: string, inputs: Properties, task: Task): Promise<Standing>;
  delete(id: string, clients: EmulatorClients): Promise<void>;
}

interface Definition<Inputs> {
  token: string;
  /** Strict: an input that is not listed is refused, never passed over. */
  inputs: z.ZodType<Inputs>;
  replaceOn?: (keyof Inputs & string)[];
  create(inputs: Inputs, task: Task): Promise<Standing>;
  read(id: string, clients: EmulatorClients): Promise<boolean>;
  /** @default the create again: right wherever AWS itself knows only a Put */
  update?(id: string, inputs: Inputs, task: Task): Promise<Standing>;
  delete(id: string, clients: EmulatorClients): Promise<void>;
}

export function resourceType<Inputs>(definition: Definition<Inputs>): ResourceType {
  const { token, replaceOn = [], read } = definition;
  const known = (inputs: Properties) => parseInputs(token, definition.inputs, inputs);
  return {
    token,
    replaceOn,
    read,
    delete: definition.delete,
    create: async (inputs, task) => definition.create(known(inputs), task),
    update: async (id, inputs, task) =>
      definition.update ? definition.update(id, known(inputs), task) : definition.create(known(inputs), task),
  };
}

function parseInputs<Inputs>(token: string, schema: z.ZodType<Inputs>, inputs: Properties): Inputs {
  const parsed = schema.safeParse(inputs);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FalconryError("local.not-emulated", {
    message: `${[token, ...(issue?.path ?? [])].join(", ")}: ${issue?.message}`,
    hint: "Leave the input out, or teach it to infra/local/provider/",
  });
}
