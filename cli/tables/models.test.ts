import { expect, test } from "vitest";
import { renderModels } from "./models.ts";

test("versions are shown by the metric that the workload compares by, with its interval", () => {
  const version = { run: "7df9f206b438", created: "2026-11-22T06:58:10.000Z", aliases: [], promotion: null, serves: [] };
  const measured = { "test.accuracy": 0.95, "test.rocAuc": 0.9144, "test.rocAuc.low": 0.873, "test.rocAuc.high": 0.9481 };
  const shown = renderModels(
    {
      workload: "rare",
      versions: [
        { version: 2, metrics: measured, ...version },
        { version: 1, metrics: {}, ...version },
      ],
    },
    "rocAuc",
  );
  expect(shown).toContain("rocAuc 0.9144  0.873 to 0.948");
  expect(shown).not.toContain("accuracy");
});
