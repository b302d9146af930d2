import { graphSignature, incompatibilities } from "@falconry/model/signature.ts";
import type { Gate } from "./gate.ts";

/** Whoever asks the endpoint today can go on asking: no column is needed that was not needed before, and the answers keep their type. */
export const compatibleSignature: Gate = {
  name: "compatible-signature",
  required: () => "answers what the champion's callers send; before the first champion, rows of the feature set",
  async measure({ candidate, champion }) {
    const signature = await candidate.signature();
    const reference = champion === undefined ? graphSignature(await candidate.featureSet()) : await champion.signature();
    const faults = incompatibilities(signature, reference);
    const against = champion === undefined ? "the feature set" : `champion version ${champion.version}`;
    return { passed: faults.length === 0, measured: faults.length === 0 ? `fits ${against}` : `against ${against}: ${faults.join("; ")}` };
  },
};
