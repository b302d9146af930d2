import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowClient } from "./index.ts";

/** The MLflow server of the region that integration tests share. */
export const trackingUri = await readTrackingUri();

export const client = new MlflowClient({ trackingUri });

/** A name that no earlier test has left anything under. */
export function unusedName(): string {
  return `mlflow-client-${randomUUID()}`;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function readTrackingUri(): Promise<string> {
  const folder = process.env.FALCONRY_DIRECTORY;
  if (folder === undefined) throw new Error("FALCONRY_DIRECTORY is not set: integration tests need the folder of a running region");
  const region: { ports: { mlflow: number } } = JSON.parse(await readFile(join(folder, "region.json"), "utf8"));
  return `http://127.0.0.1:${region.ports.mlflow}`;
}
