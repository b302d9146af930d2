import type { PromotionEvent } from "../promotion/events.ts";
import { sentence } from "./sentence.ts";

/** An event as the account has it: its time (UTC), what happened, and the numbers under it. The day stands above the first event of a day. */
export function entry(event: PromotionEvent, before: readonly PromotionEvent[] = []): string[] {
  const [first = "", ...numbers] = sentence(event, before);
  const last = before.at(-1);
  const heading = last !== undefined && dayOf(last) === dayOf(event) ? [] : [dayOf(event)];
  const time = event.time.slice(11, 19);
  return [...heading, `${time}  ${first}`, ...numbers.map((line) => `${" ".repeat(time.length + 2)}  ${line}`)];
}

function dayOf({ time }: PromotionEvent): string {
  return time.slice(0, 10);
}
