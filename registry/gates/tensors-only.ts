import type { Gate } from "./gate.ts";

/** The graph loads as a container loads it: a trailing ZipMap is cut, any other output must be a tensor. */
export const tensorsOnly: Gate = {
  name: "tensors-only",
  required: () => "the graph loads, and every output is a tensor",
  async measure({ candidate }) {
    const { inputs, classes } = await candidate.model();
    return { passed: true, measured: `loads: ${inputs.length} columns, ${classes.length === 0 ? "no" : classes.length} classes` };
  },
};
