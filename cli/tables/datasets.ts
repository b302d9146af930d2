import type { GotDataset } from "@falconry/training/datasets/fetch/get.ts";
import type { CommittedFolder } from "@falconry/training/datasets/folder/commit-folder.ts";
import type { Garbage } from "@falconry/training/datasets/gc/collect-garbage.ts";
import type { listDatasets } from "@falconry/training/datasets/list.ts";
import type { DatasetManifest, FolderManifest } from "@falconry/training/datasets/manifest.ts";
import type { showDataset } from "@falconry/training/datasets/show.ts";
import type { TaggedDataset } from "@falconry/training/datasets/tag.ts";
import type { VerifiedDataset } from "@falconry/training/datasets/verify.ts";
import { facts, shortDigest, table } from "./table.ts";

const filesShown = 20;

export function renderDatasets({ datasets }: Awaited<ReturnType<typeof listDatasets>>): string {
  if (datasets.length === 0) return "No dataset version yet: falconry ingest falcon";
  return table(
    ["dataset", "digest", "rows", "files", "bytes", "committed", ""],
    datasets.map((dataset) => {
      const { name, digest, committed, latest, tags } = dataset;
      const about = [...(latest ? ["latest"] : []), ...tags].join(", ");
      if ("damage" in dataset) return [name, shortDigest(digest), "", "", "", committed, `${about} damaged: ${dataset.damage}`.trim()];
      return [name, shortDigest(digest), dataset.rows ?? "", dataset.files, dataset.bytes, committed, about];
    }),
  );
}

export function renderDataset(dataset: Awaited<ReturnType<typeof showDataset>>): string {
  return "chunks" in dataset ? renderFolder(dataset) : renderTable(dataset);
}

function renderTable(dataset: DatasetManifest & { digest: string }): string {
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

function renderFolder({ name, digest, files, chunks }: FolderManifest & { digest: string }): string {
  const largest = files.toSorted((one, other) => other.bytes - one.bytes).slice(0, filesShown);
  return [
    facts([
      ["dataset", name],
      ["digest", digest],
      ["files", `${files.length}, ${sum(files)} bytes`],
      ["stored as", `${chunks.length} chunk(s), ${sum(chunks)} bytes`],
    ]),
    "",
    table(
      [files.length > filesShown ? `${filesShown} largest files` : "file", "bytes", "hash"],
      largest.map(({ path, bytes, sha256 }) => [path, bytes, shortDigest(sha256)]),
    ),
  ].join("\n");
}

export function renderVerifiedDataset({ name, digest, files, source }: VerifiedDataset): string {
  const raw = source.length === 0 ? "" : `, and ${sum(source)} bytes of raw data`;
  return `${name} ${shortDigest(digest)}: the manifest and ${sum(files)} bytes in ${files.length} file(s)${raw} match their hashes`;
}

export function renderCommitted({ dataset, uploaded }: CommittedFolder): string {
  return facts([
    ["dataset", dataset.name],
    ["digest", dataset.digest],
    ["files", `${dataset.files}, ${dataset.bytes} bytes`],
    ["sent", uploaded.objects === 0 ? "nothing: all of it was stored before" : `${uploaded.bytes} bytes in ${uploaded.objects} object(s)`],
  ]);
}

export function renderGot({ dataset, folder, files, bytes, kept, downloaded, fromCache }: GotDataset): string {
  return facts([
    ["dataset", dataset.name],
    ["digest", dataset.digest],
    ["files", `${files}, ${bytes} bytes, in ${folder}`],
    ["got", `${downloaded} bytes from the environment, ${fromCache} from this machine's cache; ${kept} file(s) were there`],
  ]);
}

export function renderTagged({ name, tag, digest, before }: TaggedDataset): string {
  if (digest === null) return `${name} ${shortDigest(before ?? "")} is no longer called ${tag}`;
  const was = before === null || before === digest ? "" : `; before it was ${shortDigest(before)}`;
  return `${name} ${tag} is ${shortDigest(digest)}${was}`;
}

export function renderGarbage({ dryRun, versions, contents, kept, restored }: Garbage): string {
  const removed = versions.map(({ name, digest, committed }) => [name, shortDigest(digest), committed]);
  const reasons = Object.entries(kept).flatMap(([reason, count]) => (count > 0 ? [`${reason}: ${count}`] : []));
  return [
    ...(removed.length > 0 ? [table(["dataset", "digest", "committed"], removed), ""] : []),
    facts([
      [dryRun ? "would remove" : "removed", `${versions.length} version(s), ${contents.bytes} bytes in ${contents.objects} object(s)`],
      ["kept", reasons.join(", ") || "nothing"],
      ...(restored > 0 ? [["restored", `${restored} version(s) that came to be named meanwhile`] satisfies [string, string]] : []),
    ]),
  ].join("\n");
}

function sum(files: { bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
