import type { Progress } from "@falconry/environment/progress.ts";

const quietMilliseconds = 1000;

/** Keeps progress to itself for the first second, so that quick work stays silent; then shows the newest line and all that follow. */
export function delayedProgress(write: (text: string) => void = (text) => process.stderr.write(text)): Disposable & { line: Progress } {
  let newest: string | undefined;
  let loud = false;
  const show = (line: string) => write(`  ${line}\n`);
  const timer = setTimeout(() => {
    loud = true;
    if (newest !== undefined) show(newest);
  }, quietMilliseconds);
  timer.unref();
  return {
    line(text) {
      newest = text;
      if (loud) show(text);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
