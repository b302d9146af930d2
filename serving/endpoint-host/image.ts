import { join } from "node:path";

/** What runs in place of an image. */
export interface ContainerProgram {
  command: string;
  arguments: string[];
}

/** Programs by the last two parts of an image's repository. */
const programs: Record<string, ContainerProgram> = {
  "falconry/inference": { command: process.execPath, arguments: [join(import.meta.dirname, "../container/main.ts")] },
};

/**
 * Program of an image URI: `[registry/]falconry/inference[:tag][@digest]`.
 *
 * @returns undefined where the host has none: an image that cannot be pulled
 */
export function programOf(image: string): ContainerProgram | undefined {
  const [path = ""] = image.split("@");
  const parts = path.split("/").slice(-2);
  const repository = parts.join("/").replace(/:[^/:]*$/, "");
  return Object.hasOwn(programs, repository) ? programs[repository] : undefined;
}
