/** Turns the SDK's "there is none" errors, named by their codes, into false; any other failure is thrown. */
export async function stands(look: Promise<unknown>, ...missingCodes: string[]): Promise<boolean> {
  try {
    await look;
    return true;
  } catch (error) {
    if (isCoded(error, missingCodes)) return false;
    throw error;
  }
}

/** Passes over the SDK's errors of these codes: what was asked for is so already. */
export async function unless(work: Promise<unknown>, ...codes: string[]): Promise<void> {
  await stands(work, ...codes);
}

function isCoded(error: unknown, codes: string[]): boolean {
  return error instanceof Error && codes.includes(error.name);
}
