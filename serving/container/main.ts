import { FalconryError } from "@falconry/environment/error.ts";
import { pino } from "pino";
import { inferenceServer } from "./inference-server.ts";
import { loadPackage } from "./load-package.ts";
import { readSettings } from "./settings.ts";

// stdout is written synchronously, so that the reason for an exit is the last line of the log.
const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const settings = readSettings(process.env);
  const model = await loadPackage(settings.modelFolder);
  const server = inferenceServer(model, settings.lineage, log);
  await server.listen({ host: settings.host, port: settings.port });
  log.info({ columns: model.inputs.length, classes: model.classes, ...settings.lineage }, "model loaded and checked");
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log.info({ signal }, "draining");
      await server.close();
      process.exit(0);
    });
  }
} catch (error) {
  if (error instanceof FalconryError) log.fatal({ code: error.code, hint: error.hint }, error.message);
  else log.fatal(error);
  process.exit(1);
}
