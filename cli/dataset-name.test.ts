import { FalconryError } from "@falconry/environment/error.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { smallWorkload } from "@falconry/training/testing/small-workload.ts";
import { expect, test } from "vitest";
import { datasetName, datasetOf } from "./dataset-name.ts";

const known = {
  async workload(nameOrPath: string): Promise<LoadedWorkload> {
    if (["visits", "./mine"].includes(nameOrPath)) return smallWorkload("/mine");
    throw new FalconryError("workload.unknown", { message: `no workload ${nameOrPath}`, hint: "" });
  },
};

test("a dataset is called by its name, or by the path of its workload's folder", async () => {
  expect(await datasetName(known, "photos")).toBe("photos");
  expect(await datasetName(known, "./mine")).toBe("visits");
  await expect(datasetName(known, "./nowhere")).rejects.toMatchObject({ code: "workload.unknown" });
});

test("its key is its workload's, where there is one", async () => {
  expect(await datasetOf(known, "visits")).toEqual({ name: "visits", key: ["id"] });
  expect(await datasetOf(known, "./mine")).toEqual({ name: "visits", key: ["id"] });
  expect(await datasetOf(known, "photos")).toEqual({ name: "photos" });
  await expect(datasetOf(known, "./nowhere")).rejects.toMatchObject({ code: "workload.unknown" });
});
