import type { AlarmHistoryItem } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";

/**
 * Whether a state's reason is the emulator's own: it evaluates every alarm when a metric is put, without its dimensions, its periods
 * and its missing data. Such a state says nothing.
 */
export function isEmulatorsOwn(reason: string | undefined): boolean {
  return reason !== undefined && /^Threshold Crossed: \S+ \S+ \w+Threshold \S+$/.test(reason);
}

const historyData = z.object({ newState: z.object({ stateValue: z.string(), stateReason: z.string() }) });

/** The state that an item of an alarm's history tells of. */
export function historyOfAlarm({ HistoryData }: AlarmHistoryItem): { state: string; reason: string } {
  const { newState } = historyData.parse(JSON.parse(HistoryData ?? "{}"));
  return { state: newState.stateValue, reason: newState.stateReason };
}
