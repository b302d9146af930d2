import { badOnLiveRows, changeBytes, crashesOnLoad, dieAtRequest, incompatible } from "@falconry/registry/bad-challengers.fixture.ts";
import type { Trial, VersionSettings } from "@falconry/registry/trial.fixture.ts";

/** Who stops it: a gate or a check of the judge, by its name, or SageMaker, in its words. */
export type Guard = { by: "gate" | "judge"; name: string } | { by: "sagemaker"; words: string };

/** A version that must not serve. */
export interface BadChallenger {
  /** As the README's table calls it. */
  name: string;
  /** How it is registered. */
  version: VersionSettings;
  guard: Guard;
  /** What else is done to it, when it is registered and when its gates have passed. */
  registered?(trial: Trial, version: number): void;
  passed?(trial: Trial, packageDigest: string): Promise<void>;
  /** Whether requests to it fail before it is found out. */
  fails: boolean;
}

const didNotComeUp = "did not pass the ping health check";

export const badChallengers: BadChallenger[] = [
  { name: "slower by 3x", version: badOnLiveRows["slower by 3x"], guard: { by: "judge", name: "latency" }, fails: false },
  { name: "2 % errors", version: badOnLiveRows["errs on 2 % of requests"], guard: { by: "judge", name: "server-errors" }, fails: true },
  { name: "wrong on one class", version: badOnLiveRows["wrong on one class"], guard: { by: "judge", name: "class-shift" }, fails: false },
  { name: "constant output", version: badOnLiveRows["answers constantly"], guard: { by: "judge", name: "class-shift" }, fails: false },
  { name: "NaN output", version: badOnLiveRows["answers NaN"], guard: { by: "judge", name: "server-errors" }, fails: true },
  {
    name: "crashes after 500 requests",
    version: {},
    guard: { by: "judge", name: "server-errors" },
    registered: ({ environment }, version) => dieAtRequest(environment, version, 500),
    fails: true,
  },
  { name: "crashes on load", version: crashesOnLoad, guard: { by: "sagemaker", words: didNotComeUp }, fails: false },
  {
    name: "a digest that does not match its bytes",
    version: { weight: 5 },
    guard: { by: "sagemaker", words: didNotComeUp },
    passed: ({ environment }, packageDigest) => changeBytes(environment, packageDigest),
    fails: false,
  },
  { name: "an incompatible signature", version: incompatible, guard: { by: "gate", name: "compatible-signature" }, fails: false },
];

/** A row of the README's table. */
export function tableRow({ name, guard }: BadChallenger): string {
  const stopped =
    guard.by === "sagemaker" ? "SageMaker's health check" : `the ${guard.by}${guard.by === "judge" ? "'s check" : ""} \`${guard.name}\``;
  return `| ${name} | ${stopped} |`;
}
