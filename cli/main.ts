import { falconry } from "./program.ts";
import { reportError } from "./report-error.ts";
import { printable } from "./tables/table.ts";

// A reader that has seen enough (`falconry history | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

// What goes on behind a run: MLflow is away, and what is logged waits.
process.on("warning", ({ name, message }) => {
  if (name === "MlflowWarning") process.stderr.write(printable(`  ${message}\n`));
});

try {
  await falconry.parseAsync();
} catch (error) {
  process.exitCode = await reportError(error, process.argv.includes("--json"));
}
