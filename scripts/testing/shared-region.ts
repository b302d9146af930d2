import { startTestRegion } from "./test-region.ts";

/**
 * Gives all integration tests one region, and names it in FALCONRY_DIRECTORY. A region that FALCONRY_DIRECTORY names already is used
 * as it is, and left up. Vitest calls this before the first integration test.
 *
 * @returns what vitest calls after the last one
 */
export default async function shareRegion(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.FALCONRY_DIRECTORY) return undefined;
  const region = await startTestRegion();
  process.env.FALCONRY_DIRECTORY = region.folder;
  return region.stop;
}
