import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bookingColumns, bookings, writeBookings } from "./many-bookings.ts";
import type { Measurement } from "./measurement.ts";
import { peersPython, runPeer } from "./peers.ts";

/** What a process took to turn the CSV into records, and these into features, and what came out. */
export interface CsvWork {
  /** Every record checked; the good ones in the order of their key in Parquet, the others in a file with their reasons. */
  ingestSeconds: number;
  /** From that Parquet to features in memory. */
  featureSeconds: number;
  /** Most memory of the whole process. */
  peakBytes: number;
  accepted: number;
  quarantined: number;
  /** The sum of one feature. */
  check: number;
}

const memoryLimitBytes = 1e9;
const leastRowsPerSecond = 1e6;
const peers = ["pandas", "polars"];

/** A CSV to checked records and features, each side in a process of its own, on all cores that it takes. */
export async function measureCsv(runs: number): Promise<Measurement[]> {
  const python = await peersPython();
  const folder = await mkdtemp(join(tmpdir(), "falconry-csv-"));
  try {
    await writeBookings(join(folder, "bookings.csv"));
    const ours: CsvWork[] = [];
    const theirs = new Map(peers.map((peer): [string, CsvWork[]] => [peer, []]));
    for (let run = 0; run < runs; run++) {
      const work = await falconry(folder);
      ours.push(work);
      for (const [peer, works] of theirs) {
        const other: CsvWork = JSON.parse(await runPeer(python, "bookings.py", [folder, peer]));
        requireSame(work, other, peer);
        works.push(other);
      }
    }
    return measurements(ours, theirs);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function falconry(folder: string): Promise<CsvWork> {
  const program = join(import.meta.dirname, "csv-falconry.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder]);
  return JSON.parse(stdout);
}

function requireSame(one: CsvWork, other: CsvWork, peer: string): void {
  const same =
    one.accepted === other.accepted &&
    one.quarantined === other.quarantined &&
    Math.abs(one.check - other.check) <= 1e-9 * Math.abs(one.check);
  if (!same) throw new Error(`${peer} did other work: ${JSON.stringify(other)}, we ${JSON.stringify(one)}`);
}

function measurements(ours: CsvWork[], theirs: Map<string, CsvWork[]>): Measurement[] {
  const table = `${bookings} x ${bookingColumns}`;
  const rate = (works: CsvWork[], seconds: "ingestSeconds" | "featureSeconds") => works.map((work) => bookings / work[seconds]);
  const megabytes = (works: CsvWork[]) => works.map(({ peakBytes }) => peakBytes / 1e6);
  const row = (what: string, unit: string, of: (works: CsvWork[]) => number[], limit?: number): Measurement[] => [
    ...(limit === undefined
      ? []
      : [{ benchmark: "csv", what: `${table}, ${what}`, unit, ours: of(ours), other: { name: "limit", runs: [limit] } }]),
    ...[...theirs].map(([name, works]) => ({
      benchmark: "csv",
      what: `${table}, ${what}`,
      unit,
      ours: of(ours),
      other: { name, runs: of(works) },
    })),
  ];
  return [
    ...row("checked, quarantined, to Parquet", "rows/s", (works) => rate(works, "ingestSeconds")),
    ...row("features of it", "rows/s", (works) => rate(works, "featureSeconds"), leastRowsPerSecond),
    ...row("memory of both", "MB", megabytes, memoryLimitBytes / 1e6),
  ];
}
