import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { descriptorParameter } from "@falconry/environment/descriptor.ts";
import { type Environment, localCredentials } from "@falconry/environment/environment.ts";
import { judgedBy } from "./judged-by.ts";

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
  const Value = JSON.stringify(judgedBy(descriptor, workload, lenience));
  try {
    await ssm.send(new PutParameterCommand({ Name: descriptorParameter(environment), Value, Overwrite: true }));
  } finally {
    ssm.destroy();
  }
}
