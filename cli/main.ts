import { falconry } from "./program.ts";
import { reportError } from "./report-error.ts";

// A reader that has seen enough (`falconry history | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

try {
  await falconry.parseAsync();
} catch (error) {
  process.exitCode = await reportError(error, process.argv.includes("--json"));
}
