import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { expect, test } from "vitest";
import { PackagesInS3 } from "../testing/packages-in-s3.ts";
import { TemporaryHost } from "../testing/temporary-host.ts";

const python = join(checkoutFolder, ".venv/bin/python");

/** Room for both fleets of an update of two instances. */
const instanceLimit = 4;

test.skipIf(!existsSync(python))("every answer is what botocore describes, every error that can come has its code and status", async () => {
  const packages = await PackagesInS3.open("conformity");
  const host = await TemporaryHost.start(packages.awsEndpointUrl, instanceLimit);
  const mortal = new URL("../faults/crash-after-requests.ts?requests=1", import.meta.url);
  const addresses = [host.url, packages.awsEndpointUrl, await packages.putFairModel("fair"), mortal.href];
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "conformity.py"), ...addresses]);
  await host.close();
  await packages.close();

  const resources = ["Model", "EndpointConfig", "Endpoint"];
  const operations = [...resources.flatMap((name) => ["Create", "Delete", "Describe"].map((verb) => `${verb}${name}`))];
  operations.push(...resources.map((name) => `List${name}s`), "UpdateEndpoint", "AddTags", "ListTags", "DeleteTags");
  expect(JSON.parse(stdout)).toEqual({
    answers: [...operations, "InvokeEndpoint"].sort(),
    // What botocore describes and cannot be provoked stands in serving/README.md, with the reason.
    errors: [
      ...operations.map((operation) => `${operation} ValidationException 400`),
      "CreateEndpoint ResourceLimitExceeded 400",
      "UpdateEndpoint ResourceLimitExceeded 400",
      "InvokeEndpoint ValidationError 400",
      "InvokeEndpoint ModelError 424",
      "InvokeEndpoint ServiceUnavailable 503",
    ].sort(),
    problems: [],
  });
});
