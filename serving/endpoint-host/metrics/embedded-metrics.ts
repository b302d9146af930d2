import type { Dimension, MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";

/** Metric data of one namespace, as PutMetricData takes them. */
export interface NamespaceData {
  namespace: string;
  data: MetricDatum[];
}

/**
 * Metrics of one line of a container's log, where the line is in CloudWatch's embedded metric format. CloudWatch Logs does this
 * by itself; an emulator does not.
 *
 * @returns nothing for any other line, and for values and dimensions that the line names and does not hold
 * @see "Specification: Embedded metric format" in the CloudWatch user guide
 */
export function readEmbeddedMetrics(line: string): NamespaceData[] {
  if (!line.includes('"_aws"')) return [];
  const parsed = embedded.safeParse(parse(line));
  if (!parsed.success) return [];
  const { _aws, ...members } = parsed.data;
  const Timestamp = new Date(_aws.Timestamp);
  return _aws.CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => {
    const sets = Dimensions.map((names) => dimensionsOf(names, members)).filter((set) => set !== undefined);
    const data = Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
      const value = metricValue.safeParse(members[Name]);
      if (!value.success) return [];
      return sets.map((set): MetricDatum => {
        return { MetricName: Name, Dimensions: set, Timestamp, Unit, StorageResolution, ...datumValue(value.data) };
      });
    });
    return { namespace: Namespace, data };
  });
}

const embedded = z.looseObject({
  _aws: z.object({
    /** Milliseconds since 1970. */
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string().min(1),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(
          z
            .object({ Name: z.string().min(1), Unit: z.string().optional(), StorageResolution: z.number().optional() })
            .transform((metric) => ({
              ...metric,
              Unit: units.find((unit) => unit === metric.Unit),
            })),
        ),
      }),
    ),
  }),
});

/** Units that our containers use; another one is left out, which is CloudWatch's "None". */
const units: StandardUnit[] = ["Count", "Milliseconds", "Microseconds", "Seconds", "Bytes", "Percent", "None"];

/** A value, many, or a histogram: each value as often as its count says. */
const metricValue = z.union([
  z.number(),
  z.array(z.number()).min(1),
  z
    .object({ Values: z.array(z.number()).min(1), Counts: z.array(z.number()) })
    .refine(({ Values, Counts }) => Values.length === Counts.length),
]);

function datumValue(value: z.infer<typeof metricValue>): Pick<MetricDatum, "Value" | "Values" | "Counts"> {
  if (typeof value === "number") return { Value: value };
  return Array.isArray(value) ? { Values: value } : value;
}

function dimensionsOf(names: readonly string[], members: Record<string, unknown>): Dimension[] | undefined {
  const values = names.map((name) => members[name]);
  if (!values.every((value) => typeof value === "string" || typeof value === "number")) return undefined;
  return names.map((Name, index) => ({ Name, Value: String(values[index]) }));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
