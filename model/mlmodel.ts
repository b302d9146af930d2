import { FalconryError } from "@falconry/environment/error.ts";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { formatSchema, parseSchema, type Signature } from "./signature.ts";

/** File of a logged model that holds its graph. */
export const graphFile = "model.onnx";

/** The MLflow release whose files these are, and the Python that its loaders are told to use. */
const mlflowVersion = "3.17.2";
const pythonVersion = "3.11";
/** The ONNX release whose schema graphs are written with (onnx/upstream). */
const onnxVersion = "1.23.2";
const requirements = [`mlflow==${mlflowVersion}`, "onnx>=1.17", "onnxruntime>=1.20", "pandas<3"];

/** PyYAML reads and writes YAML 1.1, where more strings need quotes. */
const yaml = { version: "1.1" } as const;

export interface MlmodelSpec {
  /** 32 hex digits. */
  modelUuid: string;
  /** Id of the LoggedModel, `m-…`. */
  modelId: string;
  runId: string;
  createdAt: Date;
  signature: Signature;
  /** Size of the graph, in bytes. */
  modelBytes: number;
}

/** The MLmodel file of a graph in {@link graphFile}: Python's `mlflow.onnx` and `mlflow.pyfunc` load it. */
export function writeMlmodel({ modelUuid, modelId, runId, createdAt, signature, modelBytes }: MlmodelSpec): string {
  const content = {
    flavors: {
      onnx: { code: null, data: graphFile, onnx_session_options: null, onnx_version: onnxVersion, providers: ["CPUExecutionProvider"] },
      python_function: {
        data: graphFile,
        env: { conda: "conda.yaml", virtualenv: "python_env.yaml" },
        loader_module: "mlflow.onnx",
        python_version: pythonVersion,
      },
    },
    mlflow_version: mlflowVersion,
    model_id: modelId,
    model_size_bytes: modelBytes,
    model_uuid: modelUuid,
    run_id: runId,
    signature: {
      inputs: formatSchema(signature.inputs),
      outputs: signature.outputs === undefined ? null : formatSchema(signature.outputs),
      params: null,
    },
    utc_time_created: createdAt.toISOString().replace("T", " ").replace("Z", "000"),
  };
  return stringify(content, yaml);
}

/** The files beside MLmodel that tell MLflow's servers what to install, by name. */
export const pythonEnvironment = {
  "requirements.txt": `${requirements.join("\n")}\n`,
  "python_env.yaml": stringify(
    { python: pythonVersion, build_dependencies: ["pip", "setuptools", "wheel"], dependencies: ["-r requirements.txt"] },
    yaml,
  ),
  "conda.yaml": stringify(
    { name: "mlflow-env", channels: ["conda-forge"], dependencies: [`python=${pythonVersion}`, "pip", { pip: requirements }] },
    yaml,
  ),
} as const;

export interface Mlmodel {
  /** Path of the graph beside the MLmodel file. */
  graph: string;
  modelId?: string;
  runId?: string;
  /** Absent where the model was logged without one. */
  signature?: Signature;
}

const mlmodelSchema = z.object({
  flavors: z.object({ onnx: z.object({ data: z.string() }) }),
  model_id: z.string().nullish(),
  run_id: z.string().nullish(),
  signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
});

/**
 * Reads what {@link writeMlmodel} or Python's `mlflow.onnx.log_model` wrote.
 *
 * @throws FalconryError `model.mlmodel-invalid`
 */
export function readMlmodel(text: string): Mlmodel {
  try {
    const { flavors, model_id, run_id, signature } = mlmodelSchema.parse(parse(text, yaml));
    return {
      graph: flavors.onnx.data,
      ...(model_id && { modelId: model_id }),
      ...(run_id && { runId: run_id }),
      ...(signature?.inputs && {
        signature: { inputs: parseSchema(signature.inputs), ...(signature.outputs && { outputs: parseSchema(signature.outputs) }) },
      }),
    };
  } catch (error) {
    throw new FalconryError("model.mlmodel-invalid", {
      message: `MLmodel: ${reason(error)}`,
      hint: "Log the model with mlflow.onnx.log_model: its MLmodel file has an onnx flavor and a signature",
      cause: error,
    });
  }
}

function reason(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  if (issue !== undefined) return `${issue.path.join(".") || "the whole"}: ${issue.message}`;
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
