import { randomUUID } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type ChainHead, genesis } from "@falconry/registry/ledger/chain.ts";
import { Ledger } from "@falconry/registry/ledger/ledger.ts";
import { inRegion, timed } from "./in-region.ts";
import { type Measurement, median } from "./measurement.ts";

const limitMilliseconds = 10;
const appendsPerRun = 200;

/** What one event costs, its witness included: beside the limit, and beside a plain write of the same bytes to the same table. */
export function measureLedger(runs: number): Promise<Measurement[]> {
  return inRegion(async (environment) => {
    const { dynamodb, descriptor } = environment;
    const event = { time: "2026-11-21T10:00:00.000Z", actor: "ada", type: "approved", reason: "better on the same rows" };
    const [appends, puts]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      const ledger = new Ledger(environment, `bench-${randomUUID()}`);
      const plain = `plain-${randomUUID()}`;
      const milliseconds: { append: number[]; put: number[] } = { append: [], put: [] };
      let head: ChainHead = genesis;
      for (let at = 1; at <= appendsPerRun; at += 1) {
        milliseconds.append.push(
          await timed(async () => {
            head = await ledger.append(head, event);
          }),
        );
        const Item = { endpoint: { S: plain }, sequence: { N: String(at) }, event: { S: JSON.stringify(event) } };
        milliseconds.put.push(await timed(() => dynamodb.send(new PutItemCommand({ TableName: descriptor.tables.ledger, Item }))));
      }
      appends.push(median(milliseconds.append));
      puts.push(median(milliseconds.put));
    }
    const append = { benchmark: "ledger", what: "append with its witness, median", unit: "ms", ours: appends };
    return [
      { ...append, other: { name: "limit", runs: [limitMilliseconds] } },
      { ...append, other: { name: "plain PutItem", runs: puts } },
    ];
  });
}
