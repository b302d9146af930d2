import { expect, onTestFinished, test } from "vitest";
import { MlflowClient } from "./index.ts";
import { answers, scriptedServer } from "./scripted-server.ts";

const metric = (step: number) => ({ key: "loss", value: 1 / step, timestamp: 1, step });
const scriptOfThreePages = [
  answers(200, { metrics: [metric(1), metric(2)], next_page_token: "two" }),
  answers(200, { metrics: [], next_page_token: "three" }),
  answers(200, { metrics: [metric(3)], next_page_token: "" }),
];

test("every page is read, an empty one in between too", async () => {
  const { client, server } = await threePages();
  const steps: number[] = [];
  for await (const { step } of client.runs.metricHistory("r", "loss")) steps.push(step);
  expect(steps).toEqual([1, 2, 3]);
  expect(server.seen.map(({ url }) => new URL(url, server.url).searchParams.get("page_token"))).toEqual([null, "two", "three"]);
});

test("a page that nobody reaches is not asked for", async () => {
  const { client, server } = await threePages();
  for await (const { step } of client.runs.metricHistory("r", "loss")) if (step === 2) break;
  expect(server.seen).toHaveLength(1);
});

async function threePages() {
  const server = await scriptedServer(scriptOfThreePages);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, client: new MlflowClient({ trackingUri: server.url }) };
}
