import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { foldMemory } from "./fold-memory.ts";
import { type JournalHeader, TrainingJournal } from "./training-journal.ts";
import { journalFile, lastUnfinished } from "./unfinished.ts";

const header: JournalHeader = {
  format: 1,
  run: "r1",
  workload: "falcon",
  dataset: "d1",
  decides: "abc",
  trainedBy: "grace",
  startedAt: 5,
  budget: { trials: 3 },
};
const clock = (times: number[]) => () => times.shift() ?? Number.NaN;
const begun = async (now = clock([1000, 3500])) =>
  await TrainingJournal.create(join(await temporaryFolder(), "a", "r1.jsonl"), header, now);

test("a piece is done once; asked for again, also by another process, it is what it was, at the time that it was", async () => {
  const journal = await begun();
  const first = await journal.remember("piece", z.number(), () => 7);
  expect(first).toMatchObject({ value: 7, at: 3500, seconds: 2.5 });
  const never = () => {
    throw new Error("it was asked for again");
  };
  expect(await journal.remember("piece", z.number(), never)).toEqual(first);
  journal.close();
  const reopened = TrainingJournal.open(journal.file, clock([]));
  expect(reopened.header).toEqual(header);
  expect(await reopened.remember("piece", z.number(), never)).toEqual(first);
});

test("what fails is not remembered", async () => {
  const journal = await begun(clock([1, 2, 3]));
  await expect(journal.remember("piece", z.number(), () => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
  expect(await journal.remember("piece", z.number(), () => 8)).toMatchObject({ value: 8 });
});

test("a figure that could not be had is asked for twice like any other", async () => {
  const measured = foldMemory(await begun(clock([1, 2, 3])));
  const outcomes = [];
  for (const r2 of [Number.NaN, 1]) outcomes.push((await measured("fold 0", async () => ({ r2 }))).outcome);
  expect(outcomes).toEqual([{ metrics: { r2: Number.NaN } }, { metrics: { r2: Number.NaN } }]);
});

test("between two folds the rest of the process has its turn, however little the fits wait", async () => {
  const measured = foldMemory(await begun(clock([1, 2, 3, 4])));
  let heard = false;
  setImmediate(() => {
    heard = true;
  });
  for (const fold of [0, 1]) await measured(`fold ${fold}`, async () => ({ r2: 1 }));
  expect(heard).toBe(true);
});

property.prop([fc.nat({ max: 400 })])(
  "cut off anywhere behind its first line, what is whole stays, and it can be written again",
  async (keep) => {
    const journal = await begun(clock(Array.from({ length: 20 }, (_, index) => index)));
    for (const piece of [1, 2, 3]) await journal.remember(`piece ${piece}`, z.number(), () => piece);
    journal.close();
    const whole = await readFile(journal.file, "utf8");
    const firstLine = whole.indexOf("\n") + 1;
    const cut = whole.slice(0, firstLine + Math.min(keep, whole.length - firstLine));
    await writeFile(journal.file, cut);
    const kept = cut.split("\n").length - 2;
    const reopened = TrainingJournal.open(journal.file, clock([50, 60, 70, 80, 90, 100]));
    const asked: number[] = [];
    for (const piece of [1, 2, 3]) await reopened.remember(`piece ${piece}`, z.number(), () => asked.push(piece) && piece);
    reopened.close();
    expect(asked).toEqual([1, 2, 3].slice(kept));
    expect((await readFile(journal.file, "utf8")).trim().split("\n")).toHaveLength(4);
  },
);

test("on a full disk it says so, and what to do", async () => {
  await expect(TrainingJournal.create("/dev/full", header, clock([]))).rejects.toMatchObject({
    code: "train.journal-unwritable",
    message: expect.stringContaining("no space left on device"),
    hint: expect.stringContaining("--resume"),
  });
});

test("the training that was begun last is found, of this workload, and files that are no journals are passed over", async () => {
  const folder = await temporaryFolder();
  for (const [run, startedAt, workload] of [
    ["old", 1, "falcon"],
    ["new", 2, "falcon"],
    ["other", 3, "flyhigh"],
  ] as const) {
    (await TrainingJournal.create(journalFile(folder, run), { ...header, run, startedAt, workload }, clock([]))).close();
  }
  await appendFile(join(folder, "torn.jsonl"), '{"format":1,"run":"to');
  await appendFile(join(folder, "new.journal"), "of MLflow's client");
  expect(await lastUnfinished(folder, "falcon")).toMatchObject({ file: journalFile(folder, "new"), header: { run: "new" } });
  await expect(lastUnfinished(folder, "mdetect")).rejects.toMatchObject({ code: "train.nothing-to-resume" });
  await expect(lastUnfinished(join(folder, "nowhere"), "falcon")).rejects.toMatchObject({ code: "train.nothing-to-resume" });
});
