/** The disk is full or broken, or not ours to write to. */
const refusals = ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES", "EPERM"];

/** Whether the system would not let something be written. @param others codes that mean so where it is written */
export function isDiskRefusal(error: unknown, others: string[] = []): error is Error {
  return error instanceof Error && "code" in error && [...refusals, ...others].includes(String(error.code));
}
