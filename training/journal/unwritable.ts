import { FalconryError } from "@falconry/environment/error.ts";
import { isDiskRefusal } from "../disk-refusal.ts";

/** The disk's refusal to keep what a training has measured; anything else as it is. */
export function unwritable(error: unknown): unknown {
  if (!isDiskRefusal(error)) return error;
  return new FalconryError("train.journal-unwritable", {
    message: `what the training has measured cannot be kept on this machine: ${error.message}`,
    hint: "Make room on the disk, then go on with: falconry train <workload> --resume",
    cause: error,
  });
}
