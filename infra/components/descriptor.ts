import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { type Descriptor, descriptorParameter, descriptorSchema } from "@falconry/environment/descriptor.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface DescriptorParameterArgs {
  /** Name of the environment. */
  environment: string;
  /** Everything that the environment offers; checked against the schema before it is written. */
  descriptor: pulumi.Input<Descriptor>;
}

/** The descriptor (D1) in SSM, where everything else reads it. */
export class DescriptorParameter extends pulumi.ComponentResource {
  readonly descriptor: pulumi.Output<Descriptor>;
  /** SHA-256 of the descriptor: another one where anything in it is another. */
  readonly digest: pulumi.Output<string>;

  constructor(name: string, args: DescriptorParameterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:descriptor:DescriptorParameter", name, {}, opts);
    this.descriptor = pulumi.output(args.descriptor).apply((descriptor) => descriptorSchema.parse(descriptor));
    this.digest = this.descriptor.apply((descriptor) => sha256(canonicalJson(descriptor)));
    new aws.ssm.Parameter(
      name,
      {
        name: descriptorParameter(args.environment),
        description: `What the environment ${args.environment} offers`,
        type: "String",
        // A standard parameter holds 4 KB, an advanced one 8 KB: this tier is advanced only while it must be.
        tier: "Intelligent-Tiering",
        value: pulumi.jsonStringify(this.descriptor),
      },
      { parent: this },
    );
    this.registerOutputs({ descriptor: this.descriptor });
  }
}
