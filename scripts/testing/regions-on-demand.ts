import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startTestRegion, type TestRegion } from "./test-region.ts";

/**
 * Starts a region for each worker of vitest that asks for one (own-region.ts), once, and says at FALCONRY_TEST_REGIONS where it stands. A region that
 * FALCONRY_DIRECTORY names already is used as it is, and left up. Vitest calls this before the first integration test.
 *
 * @returns what vitest calls after the last one
 */
export default async function regionsOnDemand(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.FALCONRY_DIRECTORY) return undefined;
  const regions = new Map<string, Promise<TestRegion>>();
  const server = createServer((request, response) => {
    const worker = request.url ?? "";
    const region = regions.get(worker) ?? startTestRegion();
    regions.set(worker, region);
    region.then(
      ({ folder }) => response.end(folder),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.FALCONRY_TEST_REGIONS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.close();
    await Promise.all([...regions.values()].map(async (region) => (await region).stop()));
  };
}
