import { canonicalJson } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { z } from "zod";

/** Evidence up to this size stands in the event itself; DynamoDB refuses items over 400 KB. */
export const maxInlineEvidenceBytes = 32 * 1024;

/** What a judgement rests on: in the event, or in the audit bucket under its hash. */
export const evidenceSchema = z.union([
  z.strictObject({ sha256: z.string(), bytes: z.number().int() }),
  z.strictObject({ inline: z.unknown() }),
]);

export type Evidence = z.infer<typeof evidenceSchema>;

export function evidenceStore({ s3, descriptor }: Pick<Environment, "s3" | "descriptor">): ContentStore {
  return new ContentStore(s3, descriptor.lake.audit, { prefix: "evidence", writeOnce: true });
}

export async function keepEvidence(store: ContentStore, value: unknown): Promise<Evidence> {
  const text = canonicalJson(value);
  if (Buffer.byteLength(text) <= maxInlineEvidenceBytes) return { inline: value };
  const { sha256, bytes } = await store.put(text);
  return { sha256, bytes };
}

/** What was kept. @throws FalconryError `content.missing`, `content.corrupt` */
export async function readEvidence(store: ContentStore, evidence: Evidence): Promise<unknown> {
  if ("inline" in evidence) return evidence.inline;
  return JSON.parse(Buffer.from(await store.get(evidence.sha256)).toString("utf8"));
}
