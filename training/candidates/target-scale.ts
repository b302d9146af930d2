import type { Examples } from "./candidate.ts";
import { meanAndScale } from "./standardisation.ts";

/**
 * What a regression's target is brought to mean 0 and deviation 1 with before the fit: 32-bit floats then tell apart what differs little
 * beside its mean, and settings do not depend on the target's unit. A class stays as it is.
 */
export function targetScale({ labels, classes }: Pick<Examples, "labels" | "classes">): { shift: number; scale: number } {
  if (classes > 0) return { shift: 0, scale: 1 };
  const { mean, scale } = meanAndScale(labels);
  return { shift: mean, scale };
}
