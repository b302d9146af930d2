import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const SECOND = 1_000;
const integration = "**/*.integration.test.ts";
/** They put their own parts in the place of the product's, from its first import on. */
const simulation = ["simulation", "faults"].map((name) => `registry/simulation/${name}.test.ts`);
/** Judges that find out who is slow, and more callers than the machine can serve: they want it to themselves. */
const trials = ["bad-challengers", "promotions-under-load"].map((name) => `scripts/trials/${name}.integration.test.ts`);
const notOurs = ["**/node_modules/**", "**/dist/**", "**/.falconry/**"];

/** It tries the examples of every README, and is small itself. */
const examples = "/scripts/readme/examples.integration.test.ts";

/** Vitest begins with the files that took longest, or else are largest: what takes long and is small would leave one worker alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isExamples = ({ moduleId }: TestSpecification) => moduleId.endsWith(examples);
    return [...sorted.filter(isExamples), ...sorted.filter((file) => !isExamples(file))];
  }
}

/**
 * `unit` needs nothing but Node, and loads the product once for all of its files; `simulation` likewise, a file at a time; `integration` runs two
 * files at a time, each worker against a real region of its own (scripts/testing/regions-on-demand.ts), which mostly waits; `trials` are run by themselves.
 */
export default defineConfig({
  test: {
    pool: "forks",
    // Vitest leaves one core to itself, which of two is half.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [integration, ...simulation, ...notOurs],
          isolate: false,
          unstubEnvs: true,
          // a busy machine is no failure
          testTimeout: 30 * SECOND,
        },
      },
      { extends: true, test: { name: "simulation", include: simulation, exclude: notOurs, testTimeout: 120 * SECOND } },
      {
        extends: true,
        test: {
          name: "integration",
          include: [integration],
          exclude: [...trials, ...notOurs],
          globalSetup: "scripts/testing/regions-on-demand.ts",
          setupFiles: "scripts/testing/own-region.ts",
          maxWorkers: process.env.FALCONRY_DIRECTORY ? 1 : 2,
          testTimeout: 120 * SECOND,
          hookTimeout: 300 * SECOND,
        },
      },
      {
        extends: true,
        test: {
          name: "trials",
          include: trials,
          exclude: notOurs,
          globalSetup: "scripts/testing/regions-on-demand.ts",
          setupFiles: "scripts/testing/own-region.ts",
          fileParallelism: false,
          testTimeout: 300 * SECOND,
          hookTimeout: 300 * SECOND,
        },
      },
    ],
  },
});
