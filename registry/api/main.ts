import { parseArgs } from "node:util";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { pino } from "pino";
import { openControlPlane } from "./open-control-plane.ts";

// The control plane as a process of this machine:  node main.ts --port N [--environment local]
// Only this machine reaches it: on AWS the same app is a Lambda function (lambda.ts), behind TLS.

const settleEveryMilliseconds = 60_000;

// stdout is written synchronously, so that the reason for an exit is the last line of the log.
const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const { values } = parseArgs({ options: { port: { type: "string" }, environment: { type: "string", default: "local" } } });
  const port = portOf(values.port);
  const environment = await openEnvironment(values.environment);
  const controlPlane = await openControlPlane(environment, log);
  await controlPlane.app.listen({ host: "127.0.0.1", port });
  controlPlane.driver.start();
  const settling = setInterval(() => controlPlane.refusals.settle(), settleEveryMilliseconds);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log.info({ signal }, "draining");
      clearInterval(settling);
      await controlPlane.close();
      environment[Symbol.dispose]();
      process.exit(0);
    });
  }
} catch (error) {
  if (error instanceof FalconryError) log.fatal({ code: error.code, hint: error.hint }, error.message);
  else log.fatal(error);
  process.exit(1);
}

/** @throws FalconryError `control-plane.settings` */
function portOf(text: string | undefined): number {
  const port = Number(text ?? Number.NaN);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new FalconryError("control-plane.settings", {
    message: `--port ${text ?? "is missing"}: it must be a port's number`,
    hint: "Give --port 8090",
  });
}
