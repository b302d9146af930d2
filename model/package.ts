import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { z } from "zod";

/** What a container gets at /opt/ml/model: files, and beside them their manifest. */

export const manifestFile = "manifest.json";

/** SHA-256 of each file by its name; the manifest's own SHA-256 is the package's digest. */
const packageManifestSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

export type PackageManifest = z.infer<typeof packageManifestSchema>;

/** @returns the manifest's canonical JSON */
export function packageManifest(files: Readonly<Record<string, Uint8Array>>): string {
  return canonicalJson(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)])));
}

export function packageDigest(files: Readonly<Record<string, Uint8Array>>): string {
  return sha256(packageManifest(files));
}

/** @returns undefined where the text is no manifest */
export function readPackageManifest(text: string): PackageManifest | undefined {
  try {
    return packageManifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
