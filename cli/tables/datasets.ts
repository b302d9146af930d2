import type { listDatasets } from "@falconry/training/datasets/list.ts";
import type { showDataset } from "@falconry/training/datasets/show.ts";
import type { VerifiedDataset } from "@falconry/training/datasets/verify.ts";
import { facts, shortDigest, table } from "./table.ts";

export function renderDatasets({ datasets }: Awaited<ReturnType<typeof listDatasets>>): string {
  if (datasets.length === 0) return "No dataset version yet: falconry ingest falcon";
  return table(
    ["dataset", "digest", "rows", "bytes", "committed", ""],
    datasets.map(({ name, digest, rows, bytes, committed, latest }) => [
      name,
      shortDigest(digest),
      rows,
      bytes,
      committed,
      latest ? "latest" : "",
    ]),
  );
}

export function renderDataset(dataset: Awaited<ReturnType<typeof showDataset>>): string {
  const columns = dataset.schema.map(({ name, type, unit }) => {
    const { missing = 0, min, max, distinct } = dataset.profile[name] ?? {};
    const extent = min === undefined ? `${distinct ?? 0} different` : `${min} to ${max}`;
    return [name, unit === undefined ? type : `${type}, ${unit}`, missing, extent];
  });
  return [
    facts([
      ["dataset", dataset.name],
      ["digest", dataset.digest],
      ["rows", dataset.rows],
      ["files", dataset.files.map(({ path, bytes }) => `${path}, ${bytes} bytes`).join("; ")],
      ["raw", dataset.source.map(({ sha256 }) => shortDigest(sha256)).join(", ")],
    ]),
    "",
    table(["column", "type", "missing", "values"], columns),
  ].join("\n");
}

export function renderVerifiedDataset({ name, digest, files }: VerifiedDataset): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${name} ${shortDigest(digest)}: the manifest and ${bytes} bytes in ${files.length} file(s) match their hashes`;
}
