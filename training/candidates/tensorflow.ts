import { FalconryError } from "@falconry/environment/error.ts";

export type TensorFlow = typeof import("@tensorflow/tfjs-node");

/** Loaded when a network is trained and not before: it takes seconds. @throws FalconryError `train.candidate-failed` */
export async function loadTensorFlow(candidate: string): Promise<TensorFlow> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // for layers this small oneDNN and threads cost more than they give, and threads may add in another order
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  process.env.TF_NUM_INTRAOP_THREADS ??= "1";
  try {
    const { default: tf } = await import("@tensorflow/tfjs-node");
    return tf;
  } catch (error) {
    throw new FalconryError("train.candidate-failed", {
      message: `candidate "${candidate}": TensorFlow cannot be loaded: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
      hint: "Run scripts/setup, which builds TensorFlow's binding, or leave the candidate out with --candidate",
      cause: error,
    });
  }
}
