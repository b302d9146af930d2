import { isWitness, members, updates, writes, writesOf } from "../command.ts";
import { breaks, type Deliberate, done, effects } from "./deliberate.ts";

/** What is kept of what happened. */
export const ledgerFaults: Record<string, Deliberate> = {
  "the intention to deploy is not recorded": breaks(
    /which no event of the ledger intends/,
    effects(() => (name, input, call) => (writes(name, input, "deploying") ? done() : call())),
  ),

  "events are appended without a condition": breaks(
    /the audit fails|it cannot be told what happened/,
    effects(() => (name, input, call) => {
      if (name === "TransactWriteItemsCommand") for (const write of writesOf(input)) delete write.ConditionExpression;
      return call();
    }),
  ),

  "the head goes on naming what was in flight": breaks(
    /the head says that/,
    effects(() => (name, input, call) => {
      for (const write of name === "TransactWriteItemsCommand" ? writesOf(input) : []) {
        if (typeof write.UpdateExpression === "string") write.UpdateExpression = write.UpdateExpression.replace("REMOVE inFlight", "");
      }
      return call();
    }),
  ),

  "witnesses are not written": breaks(
    /has no witness/,
    effects(() => (name, input, call) => (isWitness(name, input) ? done() : call())),
  ),

  "an event counts as settled before its witness is written": breaks(
    /counts as settled, and has no witness/,
    effects(() => {
      const waiting: (() => Promise<unknown>)[] = [];
      return async (name, input, call) => {
        if (isWitness(name, input)) waiting.push(call);
        if (isWitness(name, input)) return {};
        const answer = await call();
        if (updates(name, input, "settled")) for (const write of waiting.splice(0)) await write();
        return answer;
      };
    }),
  ),

  "only the first page of the ledger is read": breaks(
    /the audit fails|met a bug/,
    effects(() => async (name, _, call) => (name === "QueryCommand" ? { ...members(await call()), LastEvaluatedKey: undefined } : call())),
  ),

  "nobody is told": breaks(
    /nobody was told of event/,
    effects(() => (name, _, call) => (name === "PublishCommand" ? done() : call())),
  ),

  "a lease that another holds is taken": breaks(
    /takes the lease that/,
    effects(() => (name, input, call) => {
      if (updates(name, input, "holder")) delete members(input).ConditionExpression;
      return call();
    }),
  ),

  "whoever lost the lease goes on writing": breaks(
    /whose lease another has taken/,
    effects(() => (name, input, call) => {
      for (const write of name === "TransactWriteItemsCommand" ? writesOf(input) : []) {
        if (typeof write.ConditionExpression === "string")
          write.ConditionExpression = write.ConditionExpression.replace("AND fence = :fence", "");
      }
      return call();
    }),
    "drowsy",
  ),
};
