import { parseArgs } from "node:util";
import { pino } from "pino";
import { z } from "zod";
import { systemClock } from "./clock.ts";
import { startHost } from "./host.ts";

const flags = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  directory: z.string().min(1),
  "aws-endpoint-url": z.url(),
  region: z.string().default("us-east-1"),
  "startup-seconds": z.coerce.number().positive().default(60),
  "instance-limit": z.coerce.number().int().positive().default(64),
});

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    directory: { type: "string" },
    "aws-endpoint-url": { type: "string" },
    region: { type: "string" },
    "startup-seconds": { type: "string" },
    "instance-limit": { type: "string" },
  },
});
const options = flags.parse(values);

// stdout carries one line, for the program that started the host; the log goes to stderr.
const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
const starting = startHost({
  port: options.port,
  directory: options.directory,
  awsEndpointUrl: options["aws-endpoint-url"],
  region: options.region,
  startupSeconds: options["startup-seconds"],
  instanceLimit: options["instance-limit"],
  clock: systemClock,
  log,
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    log.info({ signal }, "stopping every container");
    await (await starting).close();
    process.exit(0);
  });
}

const host = await starting;
process.stdout.write(`${JSON.stringify({ ready: true, url: host.url, pid: process.pid })}\n`);
