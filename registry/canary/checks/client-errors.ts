import type { Sample } from "../sample.ts";
import type { Check } from "./check.ts";
import { proportionFinding } from "./proportion-finding.ts";

/** 4xx, of the requests that the server could judge: a challenger that refuses what the champion takes. */
export const clientErrors: Check = ({ champion, challenger }, { minimumRequests, clientErrorMargin, significance }) =>
  proportionFinding({
    name: "client-errors",
    of: "requests without a 5xx",
    champion: refused(champion),
    challenger: refused(challenger),
    minimumTrials: minimumRequests,
    margin: clientErrorMargin,
    significance,
  });

function refused({ clientErrors, serverErrors, requests }: Sample) {
  return { successes: clientErrors, trials: requests - serverErrors };
}
