import { join } from "node:path";
import { type OwnProgram, ownProgram } from "@falconry/environment/own-program.ts";

/** Programs by the last two parts of an image's repository. */
const programs: Record<string, OwnProgram> = {
  "falconry/inference": ownProgram(join(import.meta.dirname, "../container/main.ts")),
};

/**
 * Program of an image URI: `[registry/]falconry/inference[:tag][@digest]`.
 *
 * @returns undefined where the host has none: an image that cannot be pulled
 */
export function programOf(image: string): OwnProgram | undefined {
  const [path = ""] = image.split("@");
  const parts = path.split("/").slice(-2);
  const repository = parts.join("/").replace(/:[^/:]*$/, "");
  return Object.hasOwn(programs, repository) ? programs[repository] : undefined;
}
