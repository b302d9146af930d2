import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { startTestRegion } from "../testing/test-region.ts";

/** Measures in a region of its own, which is down again afterwards. */
export async function inRegion<T>(measure: (environment: Environment) => Promise<T>): Promise<T> {
  const { folder, stop } = await startTestRegion();
  try {
    const environment = await openEnvironment("local", folder);
    try {
      return await measure(environment);
    } finally {
      environment[Symbol.dispose]();
    }
  } finally {
    await stop();
  }
}

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
