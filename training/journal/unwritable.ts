import { FalconryError } from "@falconry/environment/error.ts";

const codes = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES", "EPERM"]);

/** The disk's refusal to keep what a training has measured; anything else as it is. */
export function unwritable(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string" || !codes.has(error.code)) return error;
  return new FalconryError("train.journal-unwritable", {
    message: `what the training has measured cannot be kept on this machine: ${error.message}`,
    hint: "Make room on the disk, then go on with: falconry train <workload> --resume",
    cause: error,
  });
}
