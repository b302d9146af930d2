import { loadWorkload, workloadNames } from "@falconry/model/load-workload.ts";
import * as pulumi from "@pulumi/pulumi";
import { scopeOf } from "./components/account-scope.ts";
import { BootstrapModel } from "./components/bootstrap-model.ts";
import { ControlPlane } from "./components/control-plane.ts";
import { ControlPlaneApi } from "./components/control-plane-api.ts";
import { DescriptorParameter } from "./components/descriptor.ts";
import { Endpoint } from "./components/endpoint.ts";
import { endpointName } from "./components/endpoint-name.ts";
import { Identity } from "./components/identity.ts";
import { Keys } from "./components/keys.ts";
import { Lake } from "./components/lake.ts";
import { Ledger } from "./components/ledger.ts";
import { Notifications } from "./components/notifications.ts";
import { promotionRules } from "./components/promotion-rules.ts";
import { Roles } from "./components/roles.ts";

const environment = pulumi.getStack();
const config = new pulumi.Config("falconry");
const inferenceImage = config.require("inferenceImage");
const awsEndpointUrl = config.get("awsEndpointUrl");
const workloads = await Promise.all((await workloadNames()).map(loadWorkload));
const nameOf = (workload: { name: string }) => endpointName(environment, workload.name);

const keys = new Keys("keys", { environment });
const lake = new Lake("lake", {
  key: keys.lake,
  auditKey: keys.ledger,
  artifactsBucket: config.get("artifactsBucket"),
  rawRetentionDays: config.getNumber("rawRetentionDays"),
});
const ledger = new Ledger("ledger", { key: keys.ledger });
const notifications = new Notifications("notifications", { key: keys.ledger });
// On this machine a process answers instead, and its address is known beforehand.
const controlPlaneUrl = config.get("controlPlaneUrl");
const functionName = `${environment}-control-plane`;
const roles = new Roles("roles", {
  environment,
  keys,
  lake,
  ledger,
  notifications,
  endpoints: workloads.map(nameOf),
  inferenceImage,
  ...(controlPlaneUrl === undefined && { controlPlaneFunction: functionName }),
});
ledger.writtenOnlyBy(roles.registry);
notifications.publishedOnlyBy(roles.registry);
const identity = new Identity("identity", { environment, awsEndpointUrl });
const bootstrap = new BootstrapModel("bootstrap", { environment, models: lake.models, role: roles.inference, image: inferenceImage });
const endpoints = workloads.map((workload) => ({
  workload: workload.name,
  endpoint: new Endpoint(workload.name, {
    endpointName: nameOf(workload),
    bootstrap,
    promotion: promotionRules(workload, { canary: config.getObject("canary"), development: config.getBoolean("development") }),
    emulated: awsEndpointUrl !== undefined,
  }),
}));
const api = controlPlaneUrl ?? new ControlPlaneApi("control-plane", { environment, identity: identity.settings });
const parameter = new DescriptorParameter("descriptor", {
  environment,
  descriptor: pulumi.output({
    environment,
    region: keys.lake.arn.apply((arn) => scopeOf(arn).region),
    tracking: { uri: config.require("trackingUri"), authentication: { type: config.get("trackingAuthentication") ?? "none" } },
    lake: {
      raw: lake.raw.bucket,
      clean: lake.clean.bucket,
      features: lake.features.bucket,
      artifacts: lake.artifacts.bucket,
      models: lake.models.bucket,
      audit: lake.audit.bucket,
    },
    tables: { ledger: ledger.table.name },
    keys: { lake: keys.lake.arn, ledger: keys.ledger.arn },
    roles: { inference: roles.inference.arn, training: roles.training.arn, registry: roles.registry.arn },
    images: { inference: inferenceImage },
    topics: { promotions: notifications.promotions.arn },
    identity: identity.settings,
    controlPlane: { url: typeof api === "string" ? api : api.url },
    endpoints: Object.fromEntries(endpoints.map(({ workload, endpoint }) => [workload, endpoint.settings])),
    services: { awsEndpointUrl, sagemakerEndpointUrl: config.get("sagemakerEndpointUrl") },
  }),
});
if (typeof api !== "string") {
  const image = config.require("controlPlaneImage");
  new ControlPlane("control-plane", { environment, functionName, image, role: roles.registry, descriptor: parameter, api });
}

/** What this environment offers (D1). */
export const { descriptor } = parameter;
