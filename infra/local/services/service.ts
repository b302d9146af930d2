import type { Region } from "@falconry/environment/region.ts";

const healthPaths = { ministack: "/_ministack/ready", mlflow: "/health", "endpoint-host": "/health", "control-plane": "/health" };

export type ServiceName = keyof typeof healthPaths;

export const serviceNames = ["ministack", "mlflow", "endpoint-host", "control-plane"] as const satisfies ServiceName[];

export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(healthPaths, name);
}

/** How one service of the region is started, and how one sees that it is well. */
export interface Service {
  name: ServiceName;
  port: number;
  url: string;
  command: string;
  arguments: string[];
  /** All that the process sees of the environment, beside {@link ServiceSetting.variables}. */
  variables: Record<string, string>;
}

/** What a service is made from. */
export interface ServiceSetting {
  /** Absolute path of the region's folder. */
  directory: string;
  ports: Region["ports"];
  /** The region's Python interpreter. */
  python: string;
  /** Bucket of the MLflow server's artifacts. */
  artifactsBucket: string;
}

/** Answers 2xx when the service is ready. */
export function healthUrl({ name, url }: Pick<Service, "name" | "url">): string {
  return `${url}${healthPaths[name]}`;
}
