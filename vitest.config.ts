import { defineConfig } from "vitest/config";

const SECOND = 1_000;
const integration = "**/*.integration.test.ts";
const notOurs = ["**/node_modules/**", "**/dist/**", "**/.falconry/**"];

/** `unit` needs nothing but Node; `integration` runs one file after another against one real region (scripts/testing/shared-region.ts). */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      { extends: true, test: { name: "unit", include: ["**/*.test.ts"], exclude: [integration, ...notOurs] } },
      {
        extends: true,
        test: {
          name: "integration",
          include: [integration],
          exclude: notOurs,
          globalSetup: "scripts/testing/shared-region.ts",
          fileParallelism: false,
          testTimeout: 120 * SECOND,
          hookTimeout: 300 * SECOND,
        },
      },
    ],
  },
});
