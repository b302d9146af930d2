import { sha256 } from "@falconry/environment/canonical.ts";
import type { Frame } from "@falconry/model/frame.ts";
import type { OnnxModel } from "@falconry/model/session.ts";

/** Reading Parquet costs milliseconds, and the same bytes always say the same: it is done once. */
export function rememberedFrames(real: typeof import("@falconry/model/frame.ts")): typeof real {
  const frames = new Map<string, Promise<Frame>>();
  return { ...real, readParquet: (bytes) => remembered(frames, sha256(bytes), () => real.readParquet(bytes)) };
}

/** The same for graphs, and for what each answers to the same rows. A remembered model is never closed. */
export function rememberedModels(real: typeof import("@falconry/model/session.ts")): typeof real {
  const models = new Map<string, Promise<OnnxModel>>();
  const load = real.OnnxModel.load;
  real.OnnxModel.load = (bytes, signature) =>
    remembered(models, `${sha256(bytes)} ${JSON.stringify(signature)}`, async () => remembering(await load(bytes, signature)));
  return real;
}

function remembering(model: OnnxModel): OnnxModel {
  const answers = new Map<string, ReturnType<OnnxModel["predict"]>>();
  const predict = model.predict.bind(model);
  return Object.assign(model, {
    predict: (columns: Parameters<OnnxModel["predict"]>[0]) => remembered(answers, JSON.stringify(columns), () => predict(columns)),
    close: async () => {},
  });
}

/** The same for MLmodel files. */
export function rememberedMlmodels(real: typeof import("@falconry/model/mlmodel.ts")): typeof real {
  const files = new Map<string, ReturnType<typeof real.readMlmodel>>();
  return { ...real, readMlmodel: (text) => remembered(files, text, () => real.readMlmodel(text)) };
}

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
