import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRegion } from "@falconry/environment/region.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keptPorts } from "./region-ports.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-ports-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a new region gets a port for each service, and keeps them", async () => {
  const ports = await keptPorts(folder);
  expect(new Set(Object.values(ports)).size).toBe(4);
  expect(await keptPorts(folder)).toEqual(ports);
  expect(await readRegion(folder)).toEqual({ ports });
});

test("a region from before there was a control plane keeps its ports and gets one more", async () => {
  const old = { aws: 4001, mlflow: 4002, sagemaker: 4003 };
  await writeFile(join(folder, "region.json"), JSON.stringify({ ports: old }));
  await expect(readRegion(folder)).rejects.toMatchObject({
    code: "environment.region-invalid",
    hint: expect.stringContaining("falconry local up"),
  });

  const ports = await keptPorts(folder);
  expect(ports).toEqual({ ...old, controlPlane: expect.any(Number) });
  expect(Object.values(old)).not.toContain(ports.controlPlane);
  expect(await readRegion(folder)).toEqual({ ports });
});

test("a damaged file is refused, and left as it is", async () => {
  const damaged = '{"ports":{"aws":"4001"}}';
  await writeFile(join(folder, "region.json"), damaged);
  await expect(keptPorts(folder)).rejects.toMatchObject({ code: "environment.region-invalid" });
  expect(await readFile(join(folder, "region.json"), "utf8")).toBe(damaged);
});
