import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BootstrapModel } from "./bootstrap-model.ts";
import { CanaryAlarms } from "./canary-alarms.ts";
import type { Transform } from "./transform.ts";

/** The one production variant, in every configuration (D3). */
const VARIANT = "live";

export interface EndpointArgs {
  /** Name of the SageMaker endpoint. */
  endpointName: string;
  /** What answers until the first promotion. */
  bootstrap: BootstrapModel;
  /** What promotions are held to; also what a container runs on, and how many: two at least, for the canary is a share of them. */
  promotion: PromotionSettings;
  /** Whether an emulator stands for AWS. @default false */
  emulated?: boolean;
  transform?: Transform<{ configuration: aws.sagemaker.EndpointConfigurationArgs; endpoint: aws.sagemaker.EndpointArgs }>;
}

/**
 * The endpoint of one workload, and the alarms that hold its canaries. Infrastructure creates it, with the bootstrap model; from then on its configuration and how it is deployed belong to promotion,
 * and are left alone.
 */
export class Endpoint extends pulumi.ComponentResource {
  /** What the descriptor says of it. */
  readonly settings: pulumi.Output<EndpointSettings>;

  /**
   * @param name the workload's
   * @throws FalconryError `infra.alarm-period`
   */
  constructor(name: string, args: EndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:endpoint:Endpoint", name, {}, opts);
    const configuration = this.#bootstrapConfiguration(name, args);
    const endpoint = this.#endpoint(name, args, configuration);
    const { endpointName, promotion, emulated } = args;
    const canary = canarySettings(promotion.rollout.canary);
    const alarms = new CanaryAlarms(name, { workload: name, endpointName, canary, emulated }, { parent: this });
    this.settings = pulumi.all([endpoint.name, configuration.name, alarms.names]).apply(
      ([name, bootstrapConfig, alarms]): EndpointSettings => ({
        name,
        variant: VARIANT,
        instanceType: promotion.rollout.instanceType,
        instanceCount: promotion.rollout.instanceCount,
        bootstrapConfig,
        alarms,
        promotion,
      }),
    );
    this.registerOutputs({ settings: this.settings });
  }

  #bootstrapConfiguration(
    name: string,
    { endpointName, bootstrap, promotion, transform }: EndpointArgs,
  ): aws.sagemaker.EndpointConfiguration {
    const args: aws.sagemaker.EndpointConfigurationArgs = {
      name: `${endpointName}-bootstrap`,
      productionVariants: [
        {
          variantName: VARIANT,
          modelName: bootstrap.modelName,
          instanceType: promotion.rollout.instanceType,
          initialInstanceCount: promotion.rollout.instanceCount,
          initialVariantWeight: 1,
        },
      ],
    };
    return new aws.sagemaker.EndpointConfiguration(name, transform?.configuration?.(args, name) ?? args, {
      parent: this,
      // A configuration cannot be changed, only replaced; another rollout takes effect with the next promotion.
      ignoreChanges: ["productionVariants"],
    });
  }

  #endpoint(
    name: string,
    { endpointName, transform }: EndpointArgs,
    configuration: aws.sagemaker.EndpointConfiguration,
  ): aws.sagemaker.Endpoint {
    const args: aws.sagemaker.EndpointArgs = { name: endpointName, endpointConfigName: configuration.name };
    return new aws.sagemaker.Endpoint(name, transform?.endpoint?.(args, name) ?? args, {
      parent: this,
      ignoreChanges: ["endpointConfigName", "deploymentConfig"],
    });
  }
}
