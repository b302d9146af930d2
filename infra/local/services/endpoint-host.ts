import { join } from "node:path";
import { ownProgram } from "@falconry/environment/own-program.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Service, ServiceSetting } from "./service.ts";

const program = join(checkoutFolder, "serving", "endpoint-host", "main.ts");

/** Where the endpoint host of a region keeps its state. */
export function endpointHostFolder(directory: string): string {
  return join(directory, "sagemaker");
}

/** SageMaker on this machine. */
export function endpointHost({ directory, ports }: ServiceSetting): Service {
  const node = ownProgram(program);
  const url = `http://127.0.0.1:${ports.sagemaker}`;
  return {
    name: "endpoint-host",
    port: ports.sagemaker,
    url,
    command: node.command,
    arguments: [
      ...[...node.arguments, "--port", String(ports.sagemaker)],
      ...["--directory", endpointHostFolder(directory)],
      ...["--aws-endpoint-url", `http://127.0.0.1:${ports.aws}`],
    ],
    variables: node.variables,
  };
}
