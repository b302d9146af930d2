import { sha256 } from "@falconry/environment/canonical.ts";
import type { Frame } from "@falconry/model/frame.ts";
import type { OnnxModel } from "@falconry/model/session.ts";

const maxRemembered = 2_000;

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

/** The same for the events of a ledger; of what is new in every run, only the last is kept. */
export function rememberedChain(real: typeof import("../ledger/chain.ts")): typeof real {
  const events = new Map<string, { sequence: number; read: ReturnType<typeof real.readEvent> }>();
  return {
    ...real,
    readEvent: (text, sequence) => {
      const known = events.get(text);
      if (known?.sequence === sequence) return known.read;
      if (events.size > maxRemembered) events.clear();
      const read = real.readEvent(text, sequence);
      events.set(text, { sequence, read });
      return read;
    },
  };
}

export function rememberedEvents(real: typeof import("../promotion/events.ts")): typeof real {
  const events = new WeakMap<object, ReturnType<typeof real.promotionEvent>>();
  return {
    ...real,
    promotionEvent: (record) => {
      const event = events.get(record.event) ?? real.promotionEvent(record);
      events.set(record.event, event);
      return event;
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
