import { parseArgs } from "node:util";
import { table } from "@falconry/cli/tables/table.ts";
import { measureCandidates } from "./candidates.ts";
import { measureCsv } from "./csv.ts";
import { measureDatasets } from "./datasets.ts";
import { measureDrill } from "./drill.ts";
import { measureExport } from "./export.ts";
import { measureHistory } from "./history.ts";
import { measureHost } from "./host.ts";
import { measureInference } from "./inference.ts";
import { measureJudge } from "./judge.ts";
import { measureLedger } from "./ledger.ts";
import { type Measurement, median, ratio } from "./measurement.ts";
import { measureMlflowClient } from "./mlflow-client.ts";
import { measureReconcile } from "./reconcile.ts";
import { measureRollback } from "./rollback.ts";
import { measureStartup } from "./startup.ts";
import { measureTables } from "./tables.ts";

const startupRunsPerRun = 7;

const benchmarks: Record<string, (runs: number) => Measurement[] | Promise<Measurement[]>> = {
  inference: measureInference,
  host: measureHost,
  startup: (runs) => measureStartup(runs * startupRunsPerRun),
  judge: measureJudge,
  ledger: measureLedger,
  history: measureHistory,
  reconcile: measureReconcile,
  rollback: measureRollback,
  drill: measureDrill,
  datasets: measureDatasets,
  "mlflow-client": measureMlflowClient,
  csv: measureCsv,
  candidates: measureCandidates,
  export: measureExport,
  tables: measureTables,
};

const help = `scripts/bench [${Object.keys(benchmarks).join("|")} …]: medians of several runs and their ratios; all benchmarks where none is named

  --runs <number>   runs of each side, 3 by default (startup: ${startupRunsPerRun} times as many)
  --json            one JSON document on stdout
  --help            this text

Example:
  scripts/bench startup inference --runs 5
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const unknown = positionals.find((name) => benchmarks[name] === undefined);
if (values.help) {
  process.stdout.write(help);
} else if (unknown !== undefined || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write(
    `scripts/bench: ${unknown === undefined ? `"${values.runs}" is no number of runs` : `no benchmark "${unknown}"`}\n\n${help}`,
  );
  process.exitCode = 2;
} else {
  const chosen = Object.entries(benchmarks).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  const measurements: Measurement[] = [];
  for (const [name, measure] of chosen) {
    process.stderr.write(`${name} …\n`);
    measurements.push(...(await measure(runs)));
  }
  process.stdout.write(`${values.json ? JSON.stringify({ runs, measurements: measurements.map(summary) }) : drawn(measurements)}\n`);
}

function summary(measurement: Measurement) {
  const { ours, other } = measurement;
  return { ...measurement, median: median(ours), other: { ...other, median: median(other.runs) }, ratio: ratio(measurement) };
}

function drawn(measurements: Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { benchmark, what, unit, ours, other } = measurement;
    return [benchmark, what, unit, short(median(ours)), other.name, short(median(other.runs)), ratio(measurement).toFixed(2)];
  });
  return table(["benchmark", "what", "unit", "falconry", "beside", "its", "ratio"], rows);
}

function short(value: number): string {
  return value.toPrecision(3).includes("e") ? value.toFixed(0) : value.toPrecision(3);
}
