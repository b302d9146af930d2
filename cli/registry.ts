import type { Registry } from "@falconry/registry/registry.ts";
import type { Context } from "./context.ts";

/** The registry of the invocation's environment, acting for whoever runs the command. */
export async function registryOf(context: Context): Promise<Registry> {
  const environment = await context.environment();
  const room = await import("@falconry/registry/registry.ts");
  return room.registryOf(environment, { actor: context.actor, now: () => new Date(), progress: context.progress });
}
