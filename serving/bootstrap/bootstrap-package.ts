import type { PredictionLineage } from "@falconry/model/lineage.ts";
import { graphFile, writeMlmodel } from "@falconry/model/mlmodel.ts";
import { type ClassifierSpec, classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { manifestFile, packageDigest, packageManifest } from "@falconry/model/package.ts";
import { graphSignature } from "@falconry/model/signature.ts";

/** What an endpoint answers with until its first promotion. */
export const bootstrapLineage: PredictionLineage = { model: { name: "bootstrap", version: 0 }, run: "", dataset: "" };

/** Variables of the SageMaker model that serves the package. */
export const bootstrapEnvironment = {
  FALCONRY_MODEL_NAME: bootstrapLineage.model.name,
  FALCONRY_MODEL_VERSION: String(bootstrapLineage.model.version),
  FALCONRY_RUN: bootstrapLineage.run,
  FALCONRY_DATASET: bootstrapLineage.dataset,
};

export interface ModelPackage {
  /** SHA-256 of the manifest; the package stands at `<digest>/` in the models bucket. */
  digest: string;
  /** Content by file name. */
  files: Record<"MLmodel" | typeof manifestFile | typeof graphFile, Uint8Array>;
}

/**
 * A constant model, so that infrastructure can create an endpoint before anything was trained (D3): it takes any row and answers 0.
 * The same bytes each time.
 */
export function bootstrapPackage(): ModelPackage {
  const graph = Buffer.from(classifierGraph(constant));
  const files = { MLmodel: Buffer.from(mlmodelOf(graph)), [graphFile]: graph };
  return { digest: packageDigest(files), files: { ...files, [manifestFile]: Buffer.from(packageManifest(files)) } };
}

/** A graph learns from a column how many rows there are; the signature lets requests leave this one out. */
const constant: ClassifierSpec = {
  features: [{ name: "bootstrap", type: "double", impute: 0, mean: 0, scale: 1 }],
  classes: [0, 1],
  estimator: { type: "constant", probabilities: [1, 0] },
  producer: "falconry",
};

function mlmodelOf(graph: Uint8Array): string {
  return writeMlmodel({
    modelUuid: "0".repeat(32),
    modelId: "m-bootstrap",
    runId: bootstrapLineage.run,
    createdAt: new Date(0),
    signature: {
      ...graphSignature(constant),
      inputs: { type: "columns", columns: constant.features.map(({ name, type }) => ({ name, type, required: false })) },
    },
    modelBytes: graph.byteLength,
  });
}
