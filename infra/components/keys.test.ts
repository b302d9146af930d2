import { expect, test } from "vitest";
import { declared, ofType } from "./declared.fixture.ts";
import { Keys } from "./keys.ts";

test("every key is rotated, and can be saved for a month after its deletion was ordered", async () => {
  const keys = ofType(await declared(() => new Keys("keys", { environment: "dev" })), "Key");
  expect(keys.map(({ name }) => name)).toEqual(["lake", "ledger"]);
  for (const key of keys) expect(key.inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 });
});

test("an alias tells the environments of one account apart", async () => {
  const aliases = ofType(await declared(() => new Keys("keys", { environment: "dev" })), "Alias");
  expect(aliases.map(({ inputs }) => inputs.name)).toEqual(["alias/falconry/dev/lake", "alias/falconry/dev/ledger"]);
});

test("the transform has the last word", async () => {
  const program = () => new Keys("keys", { environment: "dev", transform: { key: (args) => ({ ...args, multiRegion: true }) } });
  for (const key of ofType(await declared(program), "Key"))
    expect(key.inputs).toMatchObject({ multiRegion: true, enableKeyRotation: true });
});
