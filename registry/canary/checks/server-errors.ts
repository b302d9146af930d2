import type { Sample } from "../sample.ts";
import type { Check } from "./check.ts";
import { proportionFinding } from "./proportion-finding.ts";

/** 5xx, of all requests. */
export const serverErrors: Check = ({ champion, challenger }, { minimumRequests, serverErrorMargin, significance }) =>
  proportionFinding({
    name: "server-errors",
    of: "requests",
    champion: failed(champion),
    challenger: failed(challenger),
    minimumTrials: minimumRequests,
    margin: serverErrorMargin,
    significance,
  });

function failed({ serverErrors, requests }: Sample) {
  return { successes: serverErrors, trials: requests };
}
