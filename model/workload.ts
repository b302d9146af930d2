import { z } from "zod";
import { canarySchema } from "./canary.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "lower-case letters, digits and hyphens, at most 41");
const seed = z.number().int().nonnegative();

const column = z.strictObject({
  /** A date is a day; a timestamp is a moment, in UTC where the file names no offset. */
  type: z.enum(["number", "integer", "boolean", "string", "date", "timestamp"]),
  /** What the column means, one line. */
  description: z.string().min(1),
  /** SI or customary unit, as written after a number: "kg", "deg". */
  unit: z.string().optional(),
  /** A missing value is accepted. @default false */
  optional: z.boolean().optional(),
  /** Its name in a file's first line, where that is another; columns that share one are its occurrences, in their order. */
  header: z.string().optional(),
  /** How a day is written, the first that fits counts: YYYY or MM, M, MMMM ("June", "Jun") and DD, D. @default ["YYYY-MM-DD"] */
  formats: z.array(z.string()).nonempty().optional(),
  /** Smallest and largest value that can be true; outside of it a row goes to quarantine. */
  range: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  /** The only values accepted. */
  values: z.array(z.string()).nonempty().optional(),
  /** Why this column is known only after the event; training refuses it (D8). */
  knownAfterEvent: z.string().optional(),
});

const setting = z.union([z.string(), z.number(), z.boolean(), z.array(z.number())]);

export const candidateSchema = z.discriminatedUnion("type", [
  /** Each class as probable as it was frequent. */
  z.strictObject({ name, type: z.literal("majority") }),
  /** The mean of a regression's target. */
  z.strictObject({ name, type: z.literal("mean") }),
  z.strictObject({
    name,
    type: z.literal("logistic-regression"),
    /** Inverse of the penalty's weight, as in scikit-learn. */
    C: z.number().positive(),
    /** l1 leaves out inputs that say little. @default "l2" */
    penalty: z.enum(["l1", "l2"]).optional(),
  }),
  /** Inputs and target are standardised. */
  z.strictObject({
    name,
    type: z.literal("linear-regression"),
    /** Weight of the penalty, as in scikit-learn's Ridge (l2) and Lasso (l1). */
    alpha: z.number().positive(),
    /** l1 leaves out inputs that say little. @default "l2" */
    penalty: z.enum(["l1", "l2"]).optional(),
  }),
  z.strictObject({
    name,
    type: z.literal("mlp"),
    hiddenUnits: z.array(z.number().int().positive()).nonempty(),
    epochs: z.number().int().positive(),
    batchSize: z.number().int().positive(),
    learningRate: z.number().positive(),
    l2: z.number().nonnegative(),
  }),
  /** For features that are the pixels of an image. */
  z.strictObject({
    name,
    type: z.literal("cnn"),
    /** The features are its numbers: line after line, pixel after pixel, channel after channel. */
    image: z.strictObject({
      height: z.number().int().positive(),
      width: z.number().int().positive(),
      channels: z.number().int().positive(),
    }),
    /** One convolution each, which halves the image. */
    filters: z.array(z.number().int().positive()).nonempty(),
    hiddenUnits: z.array(z.number().int().positive()),
    epochs: z.number().int().positive(),
    batchSize: z.number().int().positive(),
    learningRate: z.number().positive(),
    l2: z.number().nonnegative(),
  }),
  /** Boosted trees, by LightGBM. */
  z.strictObject({
    name,
    type: z.literal("gradient-boosting"),
    /** Trees; of more than two classes, trees per class. */
    rounds: z.number().int().positive(),
    learningRate: z.number().positive(),
    /** Most leaves of a tree. */
    leaves: z.number().int().min(2),
    /** @default 20 */
    minRowsPerLeaf: z.number().int().positive().optional(),
    /** @default 0 */
    l2: z.number().nonnegative().optional(),
    /** Share of the rows that a tree is grown on. @default 1 */
    rowShare: z.number().positive().max(1).optional(),
    /** Share of the columns that a tree may split by. @default 1 */
    columnShare: z.number().positive().max(1).optional(),
  }),
  /** A kind of model of the workload's own. */
  z.strictObject({
    name,
    type: z.literal("module"),
    /** Relative to the workload's folder; exports a function `candidate` (training/candidates/own-candidate.ts). */
    module: z.string(),
    /** What the function is called with. @default none */
    settings: z.record(z.string(), setting).optional(),
  }),
]);

const testShare = z.number().gt(0).lt(1);

/** How the test part is taken from the rows; `seed` decides what chance decides. */
const split = z.discriminatedUnion("type", [
  /** Each class in the same share. */
  z.strictObject({ type: z.literal("stratified"), testShare, seed }),
  /** For a target without classes. */
  z.strictObject({ type: z.literal("random"), testShare, seed }),
  /** Rows with the same value of this column stay together. */
  z.strictObject({ type: z.literal("group"), column: z.string(), testShare, seed }),
  /** The last rows in the order of these columns: one, or its parts from the longest on (year, month, day). */
  z.strictObject({ type: z.literal("time"), columns: z.array(z.string()).nonempty(), testShare, seed }),
  /** The rows whose column holds one of these values. */
  z.strictObject({
    type: z.literal("given"),
    column: z.string(),
    test: z.array(z.union([z.string(), z.number(), z.boolean()])).nonempty(),
  }),
]);

/** When a search ends: after so many settings were tried, or so many seconds of fitting, those of the nested cross-validation included. */
export const searchBudgetSchema = z.union([
  z.strictObject({ trials: z.number().int().positive() }),
  z.strictObject({ seconds: z.number().positive() }),
]);

/** What a `workload.ts` declares (D10): one plain object, `satisfies Workload`. */
export const workloadSchema = z.strictObject({
  name,
  /** The question that a prediction answers, for people. */
  question: z.string().min(1),
  source: z.strictObject({
    /** CSV of the declared columns that `falconry ingest` reads without `--from`; a path relative to the workload's folder. */
    sample: z.string(),
    /** Module, relative to the workload's folder, that turns JSON records into rows of the declared columns. */
    jsonReader: z.string().optional(),
    /** What stands between two fields of a CSV. @default "," */
    delimiter: z.string().length(1).optional(),
    /** Of a CSV; a byte order mark counts more. @default "utf-8" */
    encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"]).optional(),
    /** The first line of a CSV names the columns; where it does not, they come in the declared order. @default true */
    header: z.boolean().optional(),
    /** Numbers are written as 1.234,5. @default false */
    decimalComma: z.boolean().optional(),
    /** Texts that stand for a missing value, beside nothing at all. */
    missing: z.array(z.string()).optional(),
    /** An integer column that no file holds: the record's number in its file, for a table without a key. */
    rowNumber: z.string().optional(),
    /** Modules, relative to the workload's folder, that collect a document for the reader from the web; by the name that `falconry ingest --from` takes. */
    collectors: z.record(name, z.string()).optional(),
  }),
  /** Columns of a raw record, in their order in a file. */
  columns: z.record(z.string(), column),
  /** Columns that together name a row. */
  key: z.array(z.string()).nonempty(),
  target: z.strictObject({ column: z.string(), task: z.enum(["classification", "regression"]) }),
  features: z.strictObject({
    /** Query over the table `records`; its output holds the key, the features and the target. A path relative to the folder. */
    sql: z.string(),
  }),
  split,
  crossValidation: z.strictObject({
    folds: z.number().int().min(2),
    /** How often the rows are dealt into folds anew. @default 1 */
    repeats: z.number().int().positive().optional(),
    seed,
  }),
  /** A search among the candidates' settings in every training; `falconry train --budget` asks for one, or for another. */
  search: z
    .strictObject({
      budget: searchBudgetSchema,
      /** Folds of the nested cross-validation, which measures the training with its search; 0 for none. @default 3 up to 10,000 rows to fit on, 0 above */
      outerFolds: z.number().int().nonnegative().optional(),
    })
    .optional(),
  candidates: z.array(candidateSchema).nonempty(),
  /**
   * The chosen candidate's probabilities are calibrated, by what it says out of fold: they come true as often as they say. Of classes.
   * @default false
   */
  calibration: z.boolean().optional(),
  /** What wrong decisions cost, in any unit: the threshold with the least mean cost out of fold decides. Of two classes. @default the more probable class is predicted */
  costs: z
    .strictObject({
      /** The class that is looked for, as the model names it: 1 of a boolean. */
      positive: z.union([z.string(), z.number().int()]),
      /** Of taking another row for positive. */
      falsePositive: z.number().positive(),
      /** Of taking a positive row for another. */
      falseNegative: z.number().positive(),
    })
    .optional(),
  /** What candidates are compared by, higher is better: of classes one in [0, 1], of a regression r2, at most 1. */
  metric: z.enum(["accuracy", "balancedAccuracy", "rocAuc", "r2"]),
  gates: z.strictObject({
    /** The metric on the untouched test part may not be lower. */
    floor: z.number(),
    /** How much lower than the champion's the metric may be on the same rows. @default 0 */
    tolerance: z.number().nonnegative().optional(),
    /** Fewest rows that champion and candidate are compared on. */
    minimumRows: z.number().int().positive(),
  }),
  rollout: z.strictObject({
    instanceType: z.string(),
    instanceCount: z.number().int().min(2),
    /** What the canary is judged by. @default the defaults of each */
    canary: canarySchema.optional(),
    /** Who trained a version, or asked for it, may not approve it; `false` counts only in a stack with `falconry:development`. @default true */
    fourEyes: z.boolean().optional(),
    /** Hours after which a promotion that nobody approved expires. @default 72 */
    approvalHours: z.number().positive().optional(),
  }),
});

/** As it is written; what has a default may be left out. */
export type Workload = z.input<typeof workloadSchema>;
export type Column = z.infer<typeof column>;
export type SearchBudget = z.infer<typeof searchBudgetSchema>;
export type CandidateSettings = z.infer<typeof candidateSchema>;

/** A declaration together with the folder it was read from. */
export interface LoadedWorkload extends Workload {
  /** Absolute path; `source` and `features` name files relative to it. */
  folder: string;
}
