/** Which things a search finds. */
export type Lifecycle = "active" | "deleted" | "all";

/** MLflow's names. */
export const viewTypes = { active: "ACTIVE_ONLY", deleted: "DELETED_ONLY", all: "ALL" } as const satisfies Record<Lifecycle, string>;
