import { type CloudWatchClient, CloudWatchServiceException, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock.ts";
import { readEmbeddedMetrics } from "./embedded-metrics.ts";
import { LogReader } from "./log-reader.ts";

/** How long a line may lie in a log until its metrics are put. */
const readEveryMilliseconds = 500;
/** What waits while CloudWatch does not answer; the oldest go first. */
const mostWaiting = 10_000;
/** Metric data of one PutMetricData; its own limit is 1,000, and 1 MB. */
const batch = 500;

/** Puts the metrics that containers write to their logs into CloudWatch. */
export class MetricCollector {
  readonly #cloudwatch: CloudWatchClient;
  readonly #clock: Clock;
  readonly #log: FastifyBaseLogger;
  /** Metric data to be put, by namespace. */
  readonly #waiting = new Map<string, MetricDatum[]>();
  #putting: Promise<void> | undefined;

  constructor(cloudwatch: CloudWatchClient, clock: Clock, log: FastifyBaseLogger) {
    this.#cloudwatch = cloudwatch;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Reads a log as it grows.
   *
   * @returns ends it: reads what is left, before the file is removed
   */
  follow(file: string): () => Promise<void> {
    const reader = new LogReader(file);
    let ended = false;
    const reading = (async () => {
      while (!ended) {
        await this.#read(reader);
        await this.#clock.sleep(readEveryMilliseconds);
      }
    })();
    reading.catch((error: unknown) => this.#log.error({ err: error, file }, "a container's log cannot be read: its metrics are lost"));
    return async () => {
      ended = true;
      await this.#read(reader);
      await reader.close();
    };
  }

  /** Resolves when what was read is put, or was tried once more. */
  async close(): Promise<void> {
    await this.#putting;
    await this.#put();
  }

  async #read(reader: LogReader): Promise<void> {
    for (const line of await reader.lines()) {
      for (const { namespace, data } of readEmbeddedMetrics(line)) {
        this.#waiting.set(namespace, [...(this.#waiting.get(namespace) ?? []), ...data].slice(-mostWaiting));
      }
    }
    this.#putting ??= this.#put().finally(() => {
      this.#putting = undefined;
    });
  }

  async #put(): Promise<void> {
    for (const [Namespace, waiting] of this.#waiting) {
      const MetricData = waiting.slice(0, batch);
      try {
        await this.#cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
      } catch (error) {
        // What is wrong with the data is wrong for ever, and must not hold up the rest.
        const refused = error instanceof CloudWatchServiceException && error.$fault === "client" && error.$retryable === undefined;
        this.#log.warn({ err: error, metrics: MetricData.length }, `metrics cannot be put; they are ${refused ? "lost" : "tried again"}`);
        if (!refused) return;
      }
      const put = new Set(MetricData);
      const rest = (this.#waiting.get(Namespace) ?? []).filter((datum) => !put.has(datum));
      if (rest.length > 0) this.#waiting.set(Namespace, rest);
      else this.#waiting.delete(Namespace);
    }
  }
}
