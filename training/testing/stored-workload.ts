import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { smallHeader, smallWorkload } from "./small-workload.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The small workload in a folder of its own, under a name that no other test has, with a table and feature SQL. */
export async function storedWorkload(change: Partial<LoadedWorkload> = {}): Promise<LoadedWorkload> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "visits.csv"), [smallHeader, ...visits(60)].join("\n"));
  await writeFile(join(folder, "features.sql"), "SELECT id, price, place, online, cancelled FROM records");
  return smallWorkload(folder, { name: `visits-${randomUUID().slice(0, 8)}`, ...change });
}

/** Rows in which dear visits are cancelled, with exceptions. */
export function visits(count: number): string[] {
  return Array.from({ length: count }, (_, id) => {
    const price = id % 11 === 0 ? "" : String((id * 37) % 100);
    const cancelled = (id * 37) % 100 > 50 !== (id % 7 === 0) ? "yes" : "no";
    return [id, "2024-01-01", price, id % 3 === 0 ? "Rome" : "Bari", id % 2 === 0, "", cancelled].join(",");
  });
}
