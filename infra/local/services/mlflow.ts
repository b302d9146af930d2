import { join } from "node:path";
import type { Service, ServiceSetting } from "./service.ts";

const launcher = join(import.meta.dirname, "one_process_mlflow.py");

/** The MLflow tracking server. Its database stands in `<folder>/mlflow`, its artifacts in the emulator's S3. */
export function mlflow({ directory, ports, python, artifactsBucket }: ServiceSetting): Service {
  const url = `http://127.0.0.1:${ports.mlflow}`;
  return {
    name: "mlflow",
    port: ports.mlflow,
    url,
    command: python,
    arguments: [
      ...[launcher, "server", "--host", "127.0.0.1", "--port", String(ports.mlflow), "--workers", "1"],
      ...["--backend-store-uri", `sqlite:///${join(directory, "mlflow", "mlflow.db")}`],
      ...["--artifacts-destination", `s3://${artifactsBucket}/mlflow`],
    ],
    variables: {
      MLFLOW_S3_ENDPOINT_URL: `http://127.0.0.1:${ports.aws}`,
      // With its jobs the server takes 15 processes and 1.7 GB; Falconry uses none of them.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
      MLFLOW_DISABLE_TELEMETRY: "true",
    },
  };
}
