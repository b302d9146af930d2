import { FalconryError } from "@falconry/environment/error.ts";
import { approvalDue, type Operation } from "./operation.ts";

/**
 * Refuses an approval that comes too late, also where no driver has written yet that the promotion expired, and, with four eyes on, that of whoever asked for it or
 * trained it. Who asked was proven by a login; who trained is what the run says.
 *
 * @throws FalconryError `registry.wrong-state`, `registry.four-eyes`
 */
export function requireMayApprove(actor: string, operation: Operation, now: Date): void {
  const due = approvalDue(operation);
  if (now >= due) {
    throw new FalconryError("registry.wrong-state", {
      message: `${operation.id} expired at ${due.toISOString()}: nobody had approved it by then`,
      hint: "Ask for it again with: falconry promote",
    });
  }
  if (operation.settings?.rollout.fourEyes !== false) requireFourEyes(actor, operation);
}

function requireFourEyes(actor: string, { id, askedBy, trainedBy }: Operation): void {
  const [approver, trainer] = [nameOf(actor), nameOf(trainedBy ?? "")];
  if (trainer === "") {
    throw new FalconryError("registry.four-eyes", {
      message: `the run of ${id} does not say who trained it: that it is another than ${actor} cannot be told`,
      hint: "Reject it, set the tag mlflow.user of its run to the trainer's name, and promote the version again",
    });
  }
  const own = approver === nameOf(askedBy) ? "asked for" : approver === trainer ? "trained" : undefined;
  if (own === undefined) return;
  throw new FalconryError("registry.four-eyes", {
    message: `${actor} ${own} ${id}, and may not approve it`,
    hint: "Have another approver look at it; in a stack with falconry:development a workload can set rollout.fourEyes to false",
  });
}

/** A login's name in one spelling: the pool tells no capitals apart. */
function nameOf(person: string): string {
  return person.trim().normalize("NFC").toLowerCase();
}
