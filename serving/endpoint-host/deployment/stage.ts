/** What a new fleet goes through, in SageMaker's words for a pending production variant. */
export const stages = ["Creating", "ActivatingTraffic", "Baking"] as const;

export type Stage = (typeof stages)[number];
