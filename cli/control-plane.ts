import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import type { Context } from "./context.ts";

/**
 * The control plane of the invocation's environment, asked in the name of whoever is logged in.
 *
 * @throws FalconryError `login.needed`, and the others of a session that cannot be used
 */
export async function controlPlaneOf(context: Context): Promise<ControlPlaneClient> {
  const { descriptor } = await context.environment();
  const [{ requireLogin }, { controlPlane }] = await Promise.all([import("./login/login.ts"), import("@falconry/registry/api/client.ts")]);
  const { token } = await requireLogin(descriptor, context.now);
  return controlPlane({ url: descriptor.controlPlane.url, token });
}
