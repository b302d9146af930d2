import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { readVerified } from "@falconry/environment/stored-object.ts";
import { manifestFile, packageDigest, packageManifest, readPackageManifest } from "@falconry/model/package.ts";

/** What a container gets at /opt/ml/model. */
export type ModelFiles = Record<"MLmodel" | "model.onnx", Uint8Array>;

/** @returns the prefix that SageMaker copies to /opt/ml/model */
export function packageUrl(bucket: string, digest: string): string {
  return `s3://${bucket}/${digest}/`;
}

/** Puts a package under its digest. The manifest comes last: where it is, all is. */
export async function publishPackage({ s3, descriptor }: Environment, files: ModelFiles): Promise<void> {
  const digest = packageDigest(files);
  const Bucket = descriptor.lake.models;
  const contents = { ...files, [manifestFile]: packageManifest(files) };
  for (const [name, Body] of Object.entries(contents)) await s3.send(new PutObjectCommand({ Bucket, Key: `${digest}/${name}`, Body }));
}

/** @throws FalconryError `content.missing`, `content.corrupt` – bytes that are not the digest's are never returned */
export async function publishedFiles({ s3, descriptor }: Environment, digest: string): Promise<ModelFiles> {
  const place = (name: string) => ({ Bucket: descriptor.lake.models, Key: `${digest}/${name}` });
  const manifest = readPackageManifest(Buffer.from(await readVerified(s3, place(manifestFile), digest)).toString("utf8"));
  const read = (name: keyof ModelFiles) => {
    const hash = manifest?.[name];
    if (hash !== undefined) return readVerified(s3, place(name), hash);
    throw new FalconryError("content.corrupt", {
      message: `the manifest of ${packageUrl(descriptor.lake.models, digest)} does not name ${name}`,
      hint: "It was not published by Falconry: promote the version again",
    });
  };
  return { MLmodel: await read("MLmodel"), "model.onnx": await read("model.onnx") };
}
