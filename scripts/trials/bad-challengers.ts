import { type CanarySettings, canarySettings } from "@falconry/model/canary.ts";
import { badOnLiveRows, changeBytes, crashesOnLoad, dieAtRequest, incompatible } from "@falconry/registry/bad-challengers.fixture.ts";
import type { Trial, VersionSettings } from "@falconry/registry/trial.fixture.ts";

/** Who stops it: a gate or a check of the judge, by its name, or SageMaker, in its words. */
export type Guard = { by: "gate" | "judge"; name: string } | { by: "sagemaker"; words: string; shown: string };

/** A version that must not serve. */
export interface BadChallenger {
  /** As the README's table calls it. */
  name: string;
  /** How it is registered. */
  version: VersionSettings;
  /** One of them. */
  guards: [Guard, ...Guard[]];
  /** What else is done to it, when it is registered and when its gates have passed. */
  registered?(trial: Trial, version: number): void;
  passed?(trial: Trial, packageDigest: string): Promise<void>;
  /** What it is judged by, where that is to differ from the others. */
  canary?: Partial<CanarySettings>;
  /** Whether requests to it fail before it is found out. */
  fails: boolean;
}

const didNotComeUp = "did not pass the ping health check";
const silence = "missing and treated as [Breaching]";

export const badChallengers: BadChallenger[] = [
  {
    name: "slower by 3x",
    version: badOnLiveRows["slower by 3x"],
    guards: [{ by: "judge", name: "latency" }],
    canary: { latencyEffect: canarySettings({}).latencyEffect },
    fails: false,
  },
  { name: "2 % errors", version: badOnLiveRows["errs on 2 % of requests"], guards: [{ by: "judge", name: "server-errors" }], fails: true },
  {
    name: "wrong on one class",
    version: badOnLiveRows["wrong on one class"],
    guards: [{ by: "judge", name: "class-shift" }],
    fails: false,
  },
  { name: "constant output", version: badOnLiveRows["answers constantly"], guards: [{ by: "judge", name: "class-shift" }], fails: false },
  { name: "NaN output", version: badOnLiveRows["answers NaN"], guards: [{ by: "judge", name: "server-errors" }], fails: true },
  {
    name: "crashes after 500 requests",
    version: {},
    guards: [
      { by: "judge", name: "restarts" },
      { by: "sagemaker", words: silence, shown: "the alarm of silence, where no container comes back" },
    ],
    registered: ({ environment }, version) => dieAtRequest(environment, version, 500),
    fails: true,
  },
  {
    name: "crashes on load",
    version: crashesOnLoad,
    guards: [{ by: "sagemaker", words: didNotComeUp, shown: "SageMaker's health check" }],
    fails: false,
  },
  {
    name: "a digest that does not match its bytes",
    version: { weight: 5 },
    guards: [{ by: "sagemaker", words: didNotComeUp, shown: "SageMaker's health check" }],
    passed: ({ environment }, packageDigest) => changeBytes(environment, packageDigest),
    fails: false,
  },
  { name: "an incompatible signature", version: incompatible, guards: [{ by: "gate", name: "compatible-signature" }], fails: false },
];

/** A row of the README's table. */
export function tableRow({ name, guards }: BadChallenger): string {
  return `| ${name} | ${guards.map(shown).join(", or ")} |`;
}

function shown(guard: Guard): string {
  if (guard.by === "sagemaker") return guard.shown;
  return guard.by === "judge" ? `the judge's check \`${guard.name}\`` : `the gate \`${guard.name}\``;
}
