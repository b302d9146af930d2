import type { ErrorCode } from "@falconry/environment/error-catalogue.ts";
import type { EmulatorAddresses } from "../provider/clients.ts";
import type { EngineReport } from "./emulator-engine.ts";

/** What the child process that runs the program is asked. */
export interface ApplyRequest extends EmulatorAddresses {
  /** Absolute path of the region's folder. */
  directory: string;
  /** URL of the program's module. */
  program: string;
  project: string;
  stack: string;
  /** By full key. */
  config: Record<string, string>;
}

/** What it answers, once. */
export type ChildMessage =
  | { type: "done"; report: EngineReport }
  | { type: "refused"; code: ErrorCode; message: string; hint: string }
  | { type: "failed"; message: string };
