/** Time and chance, passed in so that tests need neither. */
export interface RetrySettings {
  /** Tries in all. */
  attempts: number;
  /** In [0, 1). */
  random: () => number;
  sleep: (milliseconds: number) => Promise<void>;
}

const firstDelayMilliseconds = 200;
const maxDelayMilliseconds = 5_000;

/**
 * Runs the work again while it fails in a way that may pass, with exponential backoff and full jitter.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function withRetries<T>(settings: RetrySettings, mayPass: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= settings.attempts || !mayPass(error)) throw error;
      const longest = Math.min(maxDelayMilliseconds, firstDelayMilliseconds * 2 ** (attempt - 1));
      await settings.sleep(settings.random() * longest);
    }
  }
}
