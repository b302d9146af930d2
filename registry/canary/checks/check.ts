import type { CanarySettings } from "@falconry/model/canary.ts";
import type { Evidence } from "../sample.ts";
import type { Finding } from "../verdict.ts";

/** Compares two samples that are whole and large enough in one respect; says nothing (undefined) where the workload gives it nothing to compare. */
export type Check = (evidence: Evidence, settings: CanarySettings) => Finding | undefined;
