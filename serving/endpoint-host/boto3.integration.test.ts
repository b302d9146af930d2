import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { expect, test } from "vitest";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";

const python = join(checkoutFolder, ".venv/bin/python");

test.skipIf(!existsSync(python))("boto3 creates, invokes, updates, follows a canary, sees a bad update undone, and deletes", async () => {
  const packages = await PackagesInS3.open("boto3");
  const host = await TemporaryHost.start(packages.awsEndpointUrl);
  const uris = [await packages.putFairModel("good"), await packages.putFairModel("corrupt", true)];
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "boto3_endpoint.py"), host.url, ...uris]);
  await host.close();
  await packages.close();

  const steps = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const live = { variant: "live", status: "InService" };
  expect(steps).toEqual([
    { step: "create", ...live, version: 1, config: "boto3-1", failed: false },
    { step: "update", ...live, version: 2, config: "boto3-2", failed: false },
    {
      step: "pending",
      stages: [
        ["boto3-1", "Baking"],
        ["boto3-1", "Creating"],
      ],
      kept: true,
    },
    { step: "canary", ...live, version: 1, config: "boto3-1", failed: false },
    { step: "bad update", ...live, version: 1, config: "boto3-1", failed: true },
    { step: "bad rows", status: 400, code: "request.value" },
    { step: "delete", code: "ValidationException", models: [] },
  ]);
});
