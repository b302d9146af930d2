import { type MetricDataQuery, paginateGetMetricData, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import type { Environment } from "@falconry/environment/environment.ts";
import { commonMetrics, isClassMetric, type MetricDimensions, metricNamespace } from "@falconry/model/serving-metrics.ts";

/** What one version counted, oldest first. */
export type Series = {
  /** Milliseconds since 1970: the period's start. */
  time: number;
  /** By the metric's name; what was not counted is not there. */
  counts: Record<string, number>;
}[];

interface Range {
  /** Name of the SageMaker endpoint. */
  endpoint: string;
  /** Versions of the registered model. */
  versions: readonly number[];
  /** Milliseconds since 1970: whole periods between the two are read. */
  from: number;
  to: number;
  now: Date;
}

/** CloudWatch's limit for one call. */
const queriesPerCall = 500;
/** Shorter than a minute, CloudWatch keeps counts so long; by the minute 15 days. */
const keptByPart = 3 * 3600 * 1000;

/** Reads what versions counted from CloudWatch, in the order of `versions`. */
export async function readSeries({ cloudwatch }: Environment, { endpoint, versions, from, to, now }: Range): Promise<Series[]> {
  // By the second: a longer period would leave out the window that it cuts.
  const period = now.getTime() - from < keptByPart ? 1 : 60;
  const StartTime = new Date(Math.ceil(from / (period * 1000)) * period * 1000);
  const EndTime = new Date(Math.floor(to / (period * 1000)) * period * 1000);
  if (StartTime >= EndTime) return versions.map(() => []);
  const wanted = (await metricNames(cloudwatch, endpoint)).flatMap((name) => versions.map((version) => ({ name, version })));
  const series = new Map(versions.map((version) => [version, new Map<number, Record<string, number>>()]));
  for (let first = 0; first < wanted.length; first += queriesPerCall) {
    const asked = wanted.slice(first, first + queriesPerCall);
    const MetricDataQueries = asked.map(({ name, version }, index): MetricDataQuery => {
      const dimensions: MetricDimensions = { Endpoint: endpoint, ModelVersion: String(version) };
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      return {
        Id: `m${index}`,
        MetricStat: { Metric: { Namespace: metricNamespace, MetricName: name, Dimensions }, Period: period, Stat: "Sum" },
      };
    });
    for await (const page of paginateGetMetricData({ client: cloudwatch }, { MetricDataQueries, StartTime, EndTime })) {
      for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        const metric = asked[Number(Id.slice(1))];
        const counts = metric && series.get(metric.version);
        if (metric === undefined || counts === undefined) throw new Error(`CloudWatch answered ${Id}, which nobody asked for`);
        for (const [index, at] of Timestamps.entries()) {
          const time = at.getTime();
          counts.set(time, { ...counts.get(time), [metric.name]: Values[index] ?? Number.NaN });
        }
      }
    }
  }
  return versions.map((version) =>
    [...(series.get(version) ?? [])].map(([time, counts]) => ({ time, counts })).sort((one, other) => one.time - other.time),
  );
}

/**
 * The metrics of every model, and of the classes that any version of the endpoint has predicted: CloudWatch lists a new metric up to 15 minutes late, the
 * challenger's classes are mostly the champion's, and what is asked for is found whether it is listed or not.
 */
async function metricNames(cloudwatch: Environment["cloudwatch"], endpoint: string): Promise<string[]> {
  const names = new Set(commonMetrics);
  const pages = paginateListMetrics(
    { client: cloudwatch },
    { Namespace: metricNamespace, Dimensions: [{ Name: "Endpoint", Value: endpoint }], RecentlyActive: "PT3H" },
  );
  for await (const { Metrics = [] } of pages) {
    for (const { MetricName } of Metrics) if (MetricName !== undefined && isClassMetric(MetricName)) names.add(MetricName);
  }
  return [...names];
}
