import { FalconryError } from "@falconry/environment/error.ts";
import * as pulumi from "@pulumi/pulumi";
import resources from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "../provider/resource-type.ts";
import type { EmulatorEngine } from "./emulator-engine.ts";

type Answer<Response> = (error: unknown, response: Response | undefined) => void;

/**
 * Stands where the Pulumi engine stands for a program, in its own process: every resource that the program registers, inputs resolved, is handed to the emulator.
 */
export class EmulatorMonitor extends MockMonitor {
  /** What went wrong, in order. The program itself only sees its outputs rejected. */
  readonly failures: unknown[] = [];
  readonly #engine: EmulatorEngine;
  readonly #underWay = new Set<Promise<void>>();

  constructor(engine: EmulatorEngine) {
    super({ call: ({ token }) => refuse(token), newResource: ({ type }) => refuse(`reading an existing ${type}`) });
    this.#engine = engine;
  }

  override async registerResource(
    request: resources.RegisterResourceRequest,
    answer: Answer<resources.RegisterResourceResponse>,
  ): Promise<void> {
    const work = this.#register(request).then(
      (response) => answer(null, response),
      (error) => {
        this.failures.push(error);
        answer(error, undefined);
      },
    );
    this.#underWay.add(work);
    await work;
    this.#underWay.delete(work);
  }

  /** Waits for what was begun: after a failure, too, what is being created is recorded. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #register(request: resources.RegisterResourceRequest): Promise<resources.RegisterResourceResponse> {
    const [type, name] = [request.getType(), request.getName()];
    const urn = urnOf(request);
    const inputs: Properties = pulumi.runtime.deserializeProperties(request.getObject() ?? new struct.Struct());
    if (request.getRemote()) refuse(`the remote component ${type}`);
    const { id, outputs } = request.getCustom()
      ? await this.#engine.apply({ urn, type, name, inputs, ignoreChanges: request.getIgnorechangesList() })
      : { id: "", outputs: inputs };
    const state = await pulumi.runtime.serializeProperties(name, outputs);
    this.resources.set(urn, { urn, id, state });
    const response = new resources.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(id);
    response.setObject(struct.Struct.fromJavaScript(state));
    return response;
  }
}

/** As the engine builds it: the types of the parents, without the stack's, stand before the resource's own. */
function urnOf(request: resources.RegisterResourceRequest): string {
  const parentType = request.getParent().split("::")[2];
  const types = [...(parentType && parentType !== "pulumi:pulumi:Stack" ? [parentType] : []), request.getType()];
  return `urn:pulumi:${[pulumi.getStack(), pulumi.getProject(), types.join("$"), request.getName()].join("::")}`;
}

function refuse(what: string): never {
  throw new FalconryError("local.not-emulated", {
    message: `${what} has no emulation on this machine`,
    hint: "Leave it out of the local stack, or teach it to infra/local/",
  });
}
