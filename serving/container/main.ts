import { FalconryError } from "@falconry/environment/error.ts";
import { embeddedMetrics } from "@falconry/model/serving-metrics.ts";
import { pino } from "pino";
import { inferenceServer } from "./inference-server.ts";
import { InvocationMeter } from "./invocation-meter.ts";
import { loadPackage } from "./load-package.ts";
import { readSettings } from "./settings.ts";
import { warmUp } from "./warm-up.ts";

// stdout is written synchronously, so that the reason for an exit is the last line of the log.
const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const settings = readSettings(process.env);
  const model = await loadPackage(settings.modelFolder);
  const now = () => performance.now();
  await warmUp(model, settings.lineage, now);
  const meter = new InvocationMeter(model.classes);
  const server = inferenceServer(model, settings.lineage, log, { meter, now });
  await server.listen({ host: settings.host, port: settings.port });
  const { source, windowSeconds } = settings.metrics;
  // The metrics stand in the log, as CloudWatch Logs expects them.
  const emit = () => source && process.stdout.write(`${JSON.stringify(embeddedMetrics(meter.take(), source, Date.now()))}\n`);
  // At once, not with the first window: a start that is told when the fleet has traffic is that of a container in the place of a dead one.
  meter.started();
  emit();
  const windows = setInterval(emit, windowSeconds * 1000);
  log.info({ columns: model.inputs.length, classes: model.classes, ...settings.lineage }, "model loaded and checked");
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log.info({ signal }, "draining");
      await server.close();
      clearInterval(windows);
      emit();
      process.exit(0);
    });
  }
} catch (error) {
  if (error instanceof FalconryError) log.fatal({ code: error.code, hint: error.hint }, error.message);
  else log.fatal(error);
  process.exit(1);
}
