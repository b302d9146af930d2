import { join } from "node:path";
import type { Service, ServiceSetting } from "./service.ts";

const launcher = join(import.meta.dirname, "saving_emulator.py");

/** The AWS emulator. Its state stands in `<folder>/aws`. */
export function ministack({ directory, ports, python }: ServiceSetting): Service {
  const url = `http://127.0.0.1:${ports.aws}`;
  return {
    name: "ministack",
    port: ports.aws,
    url,
    command: python,
    arguments: [launcher],
    variables: {
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(ports.aws),
      SFTP_ENABLED: "0",
      IOT_MTLS_ENABLED: "0",
      PERSIST_STATE: "1",
      STATE_DIR: join(directory, "aws", "state"),
      S3_PERSIST: "1",
      S3_DATA_DIR: join(directory, "aws", "s3"),
      LOG_LEVEL: "WARNING",
    },
  };
}
