import type { StoreOf } from "./artifacts.ts";
import { MlflowError } from "./error.ts";
import type { S3Store } from "./s3-store.ts";
import type { ServerStore } from "./server-store.ts";

/** @param s3 a bucket's store; undefined where nobody said how S3 is to be asked */
export function stores(server: ServerStore, s3: ((bucket: string) => S3Store) | undefined): StoreOf {
  return (method, artifactUri) => {
    const [, served] = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(artifactUri) ?? [];
    if (served !== undefined) return { store: server, root: served.split("/").filter(Boolean) };
    const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(artifactUri) ?? [];
    if (bucket !== undefined && s3 !== undefined) return { store: s3(bucket), root: key.split("/").filter(Boolean) };
    throw new MlflowError({
      status: undefined,
      code: "UNSUPPORTED_ARTIFACT_URI",
      message: `${artifactUri}: mlflow-artifacts:/… goes through the tracking server, and s3://… to S3 where the client has the option s3`,
      method,
      path: artifactUri,
    });
  };
}
