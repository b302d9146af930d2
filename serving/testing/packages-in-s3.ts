import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";
import { readRegion, regionUrls } from "@falconry/environment/region.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { GraphBuilder, int, int64Tensor } from "@falconry/model/onnx/graph.ts";
import { dataType } from "@falconry/model/onnx/proto.ts";

/** A bucket of one test file in the shared region's emulator. */
export class PackagesInS3 {
  /** Where the emulator answers. */
  readonly awsEndpointUrl: string;
  readonly bucket: string;
  readonly #s3: S3Client;

  private constructor(awsEndpointUrl: string, bucket: string) {
    this.awsEndpointUrl = awsEndpointUrl;
    this.bucket = bucket;
    this.#s3 = new S3Client({ region: localRegionName, endpoint: awsEndpointUrl, credentials: localCredentials, forcePathStyle: true });
  }

  static async open(name: string): Promise<PackagesInS3> {
    const region = await readRegion(regionFolder());
    if (region === undefined) throw new Error(`no region runs in ${regionFolder()}`);
    const packages = new PackagesInS3(regionUrls(region).aws, `${name}-${process.pid}`);
    await packages.#s3.send(new CreateBucketCommand({ Bucket: packages.bucket }));
    return packages;
  }

  async put(key: string, body: Uint8Array | string): Promise<string> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body }));
    return `s3://${this.bucket}/${key}`;
  }

  /** Puts the package of {@link fairModel} at a prefix, and gives the prefix's address. */
  putFairModel(prefix: string, corrupt = false): Promise<string> {
    return this.putModel(prefix, fairModel(), corrupt);
  }

  /** @param corrupt whether the manifest names another graph's hash */
  async putModel(prefix: string, graph: Uint8Array, corrupt = false): Promise<string> {
    const manifest = canonicalJson({ "model.onnx": corrupt ? sha256("something else") : sha256(graph) });
    await this.put(`${prefix}/manifest.json`, manifest);
    await this.put(`${prefix}/model.onnx`, graph);
    return `s3://${this.bucket}/${prefix}/`;
  }

  async close(): Promise<void> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.bucket }));
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await this.#s3.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects } }));
    await this.#s3.send(new DeleteBucketCommand({ Bucket: this.bucket }));
    this.#s3.destroy();
  }
}

/** Reads column `mass`, and says 1 with probability 0.75 whatever it is. */
export function fairModel(): Uint8Array {
  return classifierGraph({
    features: [{ name: "mass", type: "double", impute: 0, mean: 0, scale: 1 }],
    classes: [0, 1],
    estimator: { type: "constant", probabilities: [0.25, 0.75] },
    producer: "test",
  });
}

/** Reads column `mass` as the index of its only class: 0 is answered, from 1 on the graph fails. */
export function fragileModel(): Uint8Array {
  const graph = new GraphBuilder("fragile");
  graph.input("mass", "float", "vector");
  const index = graph.node("Cast", ["mass"], { attributes: { to: int(dataType.int64) } });
  graph.node("Gather", [graph.constant(int64Tensor([1], [0])), index], { as: graph.output("prediction", "int64") });
  return graph.encode("test");
}
