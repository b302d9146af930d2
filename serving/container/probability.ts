/** What a model that adds up 32-bit floats may be off by. */
const tolerance = 1e-5;

/** Whether a number is a probability: NaN is none, 1.0000001 is what a forest of trees gives for 1. */
export function isProbability(value: number): boolean {
  return value >= -tolerance && value <= 1 + tolerance;
}
