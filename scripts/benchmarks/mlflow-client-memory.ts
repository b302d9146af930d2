// Streams metrics in one loop that never waits, and prints the most memory that the process has taken, in bytes:
// mlflow-client-memory.ts TRACKING_URI EXPERIMENT_ID COUNT
import { MlflowClient } from "mlflow-client";

const KIBIBYTE = 1024;
const [trackingUri = "", experimentId = "", count = ""] = process.argv.slice(2);

await new MlflowClient({ trackingUri }).withRun({ experimentId }, async (run) => {
  for (let step = 0; step < Number(count); step += 1) run.metric("loss", 1 / (step + 1), { step });
});
process.stdout.write(`${process.resourceUsage().maxRSS * KIBIBYTE}\n`);
