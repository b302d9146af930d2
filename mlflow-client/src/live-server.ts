import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowClient } from "./index.ts";

const ports = await readPorts();

/** The MLflow server of the region that integration tests share. */
export const trackingUri = `http://127.0.0.1:${ports.mlflow}`;

/** Its S3, which takes whoever asks. */
export const s3 = {
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${ports.aws}`,
  credentials: async () => ({ accessKeyId: "test", secretAccessKey: "test" }),
};

export const client = new MlflowClient({ trackingUri });

/** A name that no earlier test has left anything under. */
export function unusedName(): string {
  return `mlflow-client-${randomUUID()}`;
}

async function readPorts(): Promise<{ mlflow: number; aws: number }> {
  const folder = process.env.FALCONRY_DIRECTORY;
  if (folder === undefined) throw new Error("FALCONRY_DIRECTORY is not set: integration tests need the folder of a running region");
  const region: { ports: { mlflow: number; aws: number } } = JSON.parse(await readFile(join(folder, "region.json"), "utf8"));
  return region.ports;
}
