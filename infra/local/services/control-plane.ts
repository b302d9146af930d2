import { join } from "node:path";
import { ownProgram } from "@falconry/environment/own-program.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Service, ServiceSetting } from "./service.ts";

const program = join(checkoutFolder, "registry", "api", "main.ts");

/** The registry's API, and its timer. It reads the descriptor when it starts: the program must have been applied. */
export function controlPlane({ directory, ports }: ServiceSetting): Service {
  const node = ownProgram(program);
  return {
    name: "control-plane",
    port: ports.controlPlane,
    url: `http://127.0.0.1:${ports.controlPlane}`,
    command: node.command,
    arguments: [...node.arguments, "--port", String(ports.controlPlane), "--environment", "local"],
    variables: { ...node.variables, FALCONRY_DIRECTORY: directory },
  };
}
