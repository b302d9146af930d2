import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import koffi, { type LibraryHandle } from "koffi";

/** A dataset or a booster of LightGBM, by its address. */
export type Handle = bigint;

/** The part of LightGBM's C API (c_api.h, version 4) that is used here. Each function throws what LightGBM says where it fails. */
export interface LightGbm {
  datasetFromMatrix(values: Float64Array, rows: number, columns: number, parameters: string): Handle;
  setLabels(dataset: Handle, labels: Float32Array): void;
  freeDataset(dataset: Handle): void;
  createBooster(dataset: Handle, parameters: string): Handle;
  /** One more round. @returns whether no tree can be grown any more */
  update(booster: Handle): boolean;
  saveModel(booster: Handle): string;
  loadModel(text: string): Handle;
  /** @returns probabilities, or values, row after row */
  predict(booster: Handle, values: Float64Array, rows: number, columns: number, outputs: number, parameters: string): Float64Array;
  freeBooster(booster: Handle): void;
}

const float32 = 0;
const float64 = 1;
const isRowMajor = 1;

let loaded: LightGbm | undefined;

/** Loads the library when a candidate first needs it. @throws FalconryError `train.library-missing` */
export function lightGbm(): LightGbm {
  loaded ??= bind(open());
  return loaded;
}

function open(): LibraryHandle {
  const [path] = globSync(join(checkoutFolder, ".venv/lib/python3*/site-packages/lightgbm/lib/lib_lightgbm.*"));
  if (path === undefined || !existsSync(path)) throw missing("LightGBM is not installed", "Run scripts/setup, which installs it");
  try {
    return koffi.load(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw missing(
      `${path} cannot be loaded: ${reason}`,
      reason.includes("libgomp") ? "Install the OpenMP runtime (Debian: libgomp1)" : "Run scripts/setup, which installs LightGBM",
    );
  }
}

function missing(message: string, hint: string): FalconryError {
  return new FalconryError("train.library-missing", {
    message: `gradient boosting: ${message}`,
    hint: `${hint}, or leave the candidate out`,
  });
}

function bind(library: LibraryHandle): LightGbm {
  const lastError = library.func("const char *LGBM_GetLastError()");
  const bound = (definition: string) => {
    const call = library.func(definition);
    return (...parameters: unknown[]) => {
      if (call(...parameters) !== 0) throw new Error(`LightGBM: ${lastError()}`);
    };
  };
  const datasetCreate = bound(
    "int LGBM_DatasetCreateFromMat(const double *, int, int32_t, int32_t, int, const char *, void *, _Out_ void **)",
  );
  const datasetSetField = bound("int LGBM_DatasetSetField(void *, const char *, const float *, int, int)");
  const datasetFree = bound("int LGBM_DatasetFree(void *)");
  const boosterCreate = bound("int LGBM_BoosterCreate(void *, const char *, _Out_ void **)");
  const boosterUpdate = bound("int LGBM_BoosterUpdateOneIter(void *, _Out_ int *)");
  const boosterSave = bound("int LGBM_BoosterSaveModelToString(void *, int, int, int, int64_t, _Out_ int64_t *, _Out_ uint8_t *)");
  const boosterLoad = bound("int LGBM_BoosterLoadModelFromString(const char *, _Out_ int *, _Out_ void **)");
  const boosterPredict = bound(
    "int LGBM_BoosterPredictForMat(void *, const double *, int, int32_t, int32_t, int, int, int, int, const char *, _Out_ int64_t *, _Out_ double *)",
  );
  const boosterFree = bound("int LGBM_BoosterFree(void *)");
  return {
    datasetFromMatrix(values, rows, columns, parameters) {
      const out: [Handle] = [0n];
      datasetCreate(values, float64, rows, columns, isRowMajor, parameters, null, out);
      return out[0];
    },
    setLabels: (dataset, labels) => datasetSetField(dataset, "label", labels, labels.length, float32),
    freeDataset: datasetFree,
    createBooster(dataset, parameters) {
      const out: [Handle] = [0n];
      boosterCreate(dataset, parameters, out);
      return out[0];
    },
    update(booster) {
      const isFinished: [number] = [0];
      boosterUpdate(booster, isFinished);
      return isFinished[0] !== 0;
    },
    saveModel(booster) {
      const needed: [number | bigint] = [0];
      boosterSave(booster, 0, -1, 0, 0, needed, new Uint8Array(1));
      const text = new Uint8Array(Number(needed[0]));
      boosterSave(booster, 0, -1, 0, text.length, needed, text);
      // without the NUL at the end
      return Buffer.from(text.buffer, 0, text.length - 1).toString("utf8");
    },
    loadModel(text) {
      const out: [Handle] = [0n];
      boosterLoad(text, [0], out);
      return out[0];
    },
    predict(booster, values, rows, columns, outputs, parameters) {
      const results = new Float64Array(rows * outputs);
      boosterPredict(booster, values, float64, rows, columns, isRowMajor, 0, 0, -1, parameters, [0], results);
      return results;
    },
    freeBooster: boosterFree,
  };
}
