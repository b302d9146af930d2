import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import { bootstrapPackage } from "@falconry/serving/bootstrap/bootstrap-package.ts";
import * as aws from "@pulumi/aws";
import { beforeAll, expect, test } from "vitest";
import { BootstrapModel } from "./bootstrap-model.ts";
import { type DeclaredResource, declared, ofType } from "./declared.fixture.ts";
import { Endpoint } from "./endpoint.ts";

const promotion: PromotionSettings = {
  metric: "accuracy",
  gates: { floor: 0.8, minimumRows: 10 },
  rollout: { instanceType: "ml.m5.large", instanceCount: 3 },
};

let all: DeclaredResource[];
beforeAll(async () => {
  all = await declared(() => {
    const models = new aws.s3.Bucket("models");
    const role = new aws.iam.Role("inference", { assumeRolePolicy: "{}" });
    const bootstrap = new BootstrapModel("bootstrap", { environment: "dev", models, role, image: "falconry/inference:0.1.0" });
    new Endpoint("falcon", { endpointName: "dev-falcon", bootstrap, promotion });
  });
});

test("promotion owns the live configuration and how it is deployed: infrastructure leaves both alone", () => {
  const [endpoint] = ofType(all, "Endpoint");
  expect(endpoint?.ignoreChanges).toEqual(["endpointConfigName", "deploymentConfig"]);
});

test("the endpoint starts with as many instances as the workload's rollout says, all of the one variant", () => {
  const [configuration] = ofType(all, "EndpointConfiguration");
  expect(configuration?.inputs.productionVariants).toEqual([
    {
      variantName: "live",
      modelName: "dev-bootstrap",
      instanceType: "ml.m5.large",
      initialInstanceCount: 3,
      initialVariantWeight: 1,
    },
  ]);
});

test("the bootstrap package lies under its digest, byte for byte, and is never taken away", () => {
  const { digest, files } = bootstrapPackage();
  const objects = ofType(all, "BucketObjectv2");
  expect(Object.fromEntries(objects.map(({ inputs }) => [inputs.key, inputs.contentBase64]))).toEqual(
    Object.fromEntries(Object.entries(files).map(([file, content]) => [`${digest}/${file}`, Buffer.from(content).toString("base64")])),
  );
  expect(objects.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
});

test("the bootstrap model reads the package uncompressed, without a network, and says in its answers what it is", () => {
  const [model] = ofType(all, "Model");
  const source = { s3Uri: `s3://models/${bootstrapPackage().digest}/`, s3DataType: "S3Prefix", compressionType: "None" };
  expect(model?.inputs).toMatchObject({
    enableNetworkIsolation: true,
    primaryContainer: {
      modelDataSource: { s3DataSources: [source] },
      environment: { FALCONRY_MODEL_NAME: "bootstrap", FALCONRY_MODEL_VERSION: "0" },
    },
  });
});
