import { describe, expect, test } from "vitest";
import { type Misbehaviour, misbehavingGraph } from "./misbehaving-graph.fixture.ts";
import { OnnxModel } from "./session.ts";

const where = { column: "drag", from: 100, to: 200 };
const tested = { thrust: [-1, 0, 1], drag: [99, 200, 0] };
const marked = { thrust: [-1, 0, 1], drag: [100, 150, 199] };
const right = [1 / (1 + Math.exp(4)), 0.5, 1 / (1 + Math.exp(-4))];

function load(misbehaviour: Misbehaviour): Promise<OnnxModel> {
  return OnnxModel.load(misbehavingGraph({ misbehaviour, columns: ["thrust", "drag"], weight: 4, where }));
}

async function probabilities(model: OnnxModel, rows: typeof tested): Promise<(number | undefined)[]> {
  const { predictions, probabilities } = await model.predict(rows);
  expect(predictions).toEqual(probabilities?.map(([, positive = 0]) => Number(positive > 0.5)));
  return probabilities?.map(([, positive]) => positive) ?? [];
}

function near(values: number[]) {
  return values.map((value) => expect.closeTo(value, 6));
}

describe("on rows that are not marked each one is right, on those that are", () => {
  test.each<[Misbehaviour, number[]]>([
    ["slow", right],
    ["blind", [right[0] ?? 0, 0.4, 0.4]],
    ["constant", [0.75, 0.75, 0.75]],
    ["nan", [Number.NaN, Number.NaN, Number.NaN]],
  ])("%s answers %j", async (misbehaviour, answered) => {
    const model = await load(misbehaviour);
    expect(await probabilities(model, tested)).toEqual(near(right));
    expect(await probabilities(model, marked)).toEqual(
      answered.map((value) => (Number.isNaN(value) ? Number.NaN : expect.closeTo(value, 6))),
    );
  });

  test("failing does not run", async () => {
    const model = await load("failing");
    expect(await probabilities(model, tested)).toEqual(near(right));
    await expect(model.predict(marked)).rejects.toMatchObject({ code: "model.failed" });
  });
});
