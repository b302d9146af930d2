import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { descriptorParameter, descriptorSchema, endpointOf } from "@falconry/environment/descriptor.ts";
import { type Environment, localCredentials } from "@falconry/environment/environment.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";

/** A busy machine answers few requests, and some of them slowly, of a good version too. */
const lenience = {
  minimumRequests: 30,
  latencyEffect: 1,
  serverErrorMargin: 0.2,
  clientErrorMargin: 0.2,
  classShift: 0.4,
  probabilityShift: 0.9,
};

/**
 * Has the canaries of a workload judged by little, where a trial is about something else. A region's infrastructure leaves it at that; whoever has read the
 * descriptor must read it again.
 */
export async function judgeLeniently({ descriptor }: Environment, workload: string): Promise<void> {
  const { region, services, environment } = descriptor;
  const ssm = new SSMClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  try {
    const Name = descriptorParameter(environment);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    const standing = descriptorSchema.parse(JSON.parse(Parameter?.Value ?? ""));
    const endpoint = endpointOf(standing, workload);
    const settings = promotionSettingsSchema.parse(endpoint.promotion);
    const promotion = { ...settings, rollout: { ...settings.rollout, canary: { ...settings.rollout.canary, ...lenience } } };
    const Value = JSON.stringify({ ...standing, endpoints: { ...standing.endpoints, [workload]: { ...endpoint, promotion } } });
    await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
  } finally {
    ssm.destroy();
  }
}
