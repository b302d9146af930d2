import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, PutObjectCommand } from "@aws-sdk/client-s3";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";

/** What a container gets at /opt/ml/model. */
export interface ModelFiles {
  MLmodel: Uint8Array;
  "model.onnx": Uint8Array;
}

/** Canonical JSON of the files' hashes; its own SHA-256 is the package's digest. */
function packageManifest(files: ModelFiles): string {
  return canonicalJson({ MLmodel: sha256(files.MLmodel), "model.onnx": sha256(files["model.onnx"]) });
}

export function packageDigest(files: ModelFiles): string {
  return sha256(packageManifest(files));
}

/** @returns the prefix that SageMaker copies to /opt/ml/model */
export function packageUrl(bucket: string, digest: string): string {
  return `s3://${bucket}/${digest}/`;
}

/** The registered files are not the ones that passed the gates. */
export class PackageChanged extends Error {
  override readonly name = "PackageChanged";
}

/**
 * Puts a package under its digest. The manifest comes last: where it is, all is.
 *
 * @param digest of the package that was judged
 * @throws PackageChanged
 */
export async function publishPackage({ s3, descriptor }: Environment, files: ModelFiles, digest: string): Promise<void> {
  const found = packageDigest(files);
  if (found !== digest)
    throw new PackageChanged(`the registered files were changed after the gates: package ${found}, judged was ${digest}`);
  const Bucket = descriptor.lake.models;
  const contents = { MLmodel: files.MLmodel, "model.onnx": files["model.onnx"], "manifest.json": packageManifest(files) };
  for (const [name, Body] of Object.entries(contents)) await s3.send(new PutObjectCommand({ Bucket, Key: `${digest}/${name}`, Body }));
}

/** @throws FalconryError `content.missing`, `content.corrupt` – bytes that are not the digest's are never returned */
export async function publishedFiles({ s3, descriptor }: Environment, digest: string): Promise<ModelFiles> {
  const url = packageUrl(descriptor.lake.models, digest);
  const read = async (name: string) => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: descriptor.lake.models, Key: `${digest}/${name}` }));
      if (Body === undefined) throw new Error(`${url}${name} came without a body`);
      return await Body.transformToByteArray();
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new FalconryError("content.missing", {
        message: `${url}${name} does not exist`,
        hint: "Restore the object from the bucket's earlier versions",
      });
    }
  };
  const files = { MLmodel: await read("MLmodel"), "model.onnx": await read("model.onnx") };
  const found = packageDigest(files);
  if (found === digest) return files;
  throw new FalconryError("content.corrupt", {
    message: `${url} hashes to ${found}`,
    hint: "The stored bytes were changed: restore the objects' earlier S3 versions",
  });
}

export async function isPublished({ s3, descriptor }: Environment, digest: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: descriptor.lake.models, Key: `${digest}/manifest.json` }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
