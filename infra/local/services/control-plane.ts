import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Service, ServiceSetting } from "./service.ts";

const program = join(checkoutFolder, "registry", "api", "main.ts");

/** The registry's API, and its timer. It reads the descriptor when it starts: the program must have been applied. */
export function controlPlane({ directory, ports }: ServiceSetting): Service {
  return {
    name: "control-plane",
    port: ports.controlPlane,
    url: `http://127.0.0.1:${ports.controlPlane}`,
    command: process.execPath,
    arguments: [program, "--port", String(ports.controlPlane), "--environment", "local"],
    variables: { FALCONRY_DIRECTORY: directory, NODE_NO_WARNINGS: "1" },
  };
}
