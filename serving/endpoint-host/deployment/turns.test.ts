import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { Turns } from "./turns.ts";

test.prop([fc.integer({ min: 1, max: 16 }), fc.nat(100)])(
  "any run of as many requests as there are instances has the share",
  (of, skipped) => {
    for (let share = 0; share <= of; share += 1) {
      const turns = new Turns(share, of);
      for (let request = 0; request < skipped; request += 1) turns.next();
      const run = Array.from({ length: of }, () => turns.next());
      expect(run.filter(Boolean)).toHaveLength(share);
    }
  },
);
