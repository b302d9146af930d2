import { describe, expect, test } from "vitest";
import { decide, type Observation } from "./decide.ts";
import type { EventDraft } from "./events.ts";
import { fold } from "./state.ts";
import { step, told, wentLive } from "./story.fixture.ts";

/** What is done next, in few words. */
function next(drafts: EventDraft[], world: Observation): string {
  const action = decide(fold(told(drafts)), world);
  switch (action.type) {
    case "update-endpoint":
      return `update-endpoint to ${action.to}`;
    case "intend":
      return `intend, from ${action.previousConfig}`;
    case "record-failure":
      return `record-failure: ${action.because}`;
    case "mirror-aliases":
      return `mirror-aliases ${JSON.stringify(action.aliases)}`;
    default:
      return action.type;
  }
}

const runs = (config: string, status = "InService", failureReason?: string): Observation => ({
  endpoint: { status, config, ...(failureReason === undefined ? {} : { failureReason }) },
});
const aliases = (champion?: number, challenger?: number): Observation => ({
  ...runs("v1"),
  aliases: { ...(champion === undefined ? {} : { champion }), ...(challenger === undefined ? {} : { challenger }) },
});

const one = wentLive("falcon-1", 1, "bootstrap");
const requested = [...one, step.requested("falcon-7", 2)];
const awaiting = [...requested, step.gatesPassed("falcon-7", 2)];
const approved = [...awaiting, step.approved("falcon-7")];
const deploying = [...approved, step.deploying("falcon-7", 2, "v1")];
const ordered = [...deploying, step.updating("falcon-7", "v2")];
const returning = [...ordered, step.probeFailed("falcon-7")];
const returnOrdered = [...returning, step.updating("falcon-7", "v1")];
const rollingBack = [...one, ...wentLive("falcon-7", 2, "v1"), step.rollingBack("falcon-13", 2, 1)];
const backOrdered = [...rollingBack, step.updating("falcon-13", "v1")];

describe.each<[string, EventDraft[], [string, Observation, string][]]>([
  [
    "nothing in flight",
    one,
    [
      ["the aliases say so", aliases(1), "rest"],
      ["an alias was never set", aliases(), 'mirror-aliases {"champion":1}'],
      ["an alias was moved by hand", aliases(3), 'mirror-aliases {"champion":1}'],
      ["a challenger is left over", aliases(1, 2), 'mirror-aliases {"champion":1}'],
      ["MLflow does not answer", runs("v1"), "rest"],
    ],
  ],
  ["requested", requested, [["anything", runs("v1"), "run-gates"]]],
  ["refused by a gate", [...requested, step.gatesFailed("falcon-7")], [["the aliases say so", aliases(1), "rest"]]],
  [
    "awaiting approval",
    awaiting,
    [
      ["the challenger is not named yet", aliases(1), 'mirror-aliases {"champion":1,"challenger":2}'],
      ["the aliases say so", aliases(1, 2), "rest"],
    ],
  ],
  [
    "rejected",
    [...awaiting, step.rejected("falcon-7")],
    [["the challenger is still named", aliases(1, 2), 'mirror-aliases {"champion":1}']],
  ],
  [
    "approved",
    approved,
    [
      ["the endpoint serves", runs("v1"), "intend, from v1"],
      ["the endpoint is gone", {}, "record-failure: the endpoint does not exist"],
    ],
  ],
  [
    "deploying, nothing ordered yet",
    deploying,
    [
      ["the endpoint serves the old configuration", runs("v1"), "update-endpoint to v2"],
      ["an old failure still stands there", runs("v1", "InService", "an update of last week"), "update-endpoint to v2"],
      ["it is updating: the order came through before a crash, or it is somebody else's", runs("v1", "Updating"), "wait"],
      ["it serves the new configuration: the order came through before a crash", runs("v2"), "probe"],
      ["the endpoint is gone", {}, "record-failure: the endpoint does not exist"],
    ],
  ],
  [
    "deploying, ordered",
    ordered,
    [
      ["it is updating", runs("v1", "Updating"), "wait"],
      ["SageMaker is rolling it back", runs("v1", "RollingBack"), "wait"],
      ["it serves the new configuration", runs("v2"), "probe"],
      ["it returned to the old one", runs("v1", "InService", "ping failed"), "record-failure: ping failed"],
      ["it shows the old one and does not say why: perhaps from before the order", runs("v1"), "update-endpoint to v2"],
      ["it could not even return", runs("v1", "UpdateRollbackFailed", "no capacity"), "record-failure: no capacity"],
    ],
  ],
  [
    "deploying, ordered again and again",
    [...ordered, step.updating("falcon-7", "v2"), step.updating("falcon-7", "v2")],
    [["it still shows the old one", runs("v1"), "record-failure: the endpoint is InService with v1, not with v2"]],
  ],
  [
    "came up, but another version answered",
    returning,
    [
      ["it serves what did not answer", runs("v2"), "update-endpoint to v1"],
      ["it serves the old configuration again", runs("v1"), "record-failure: the old version answered"],
    ],
  ],
  [
    "returning, ordered",
    returnOrdered,
    [
      ["it is updating", runs("v2", "Updating"), "wait"],
      [
        "it did not get back",
        runs("v2", "InService", "no capacity"),
        "record-failure: the old version answered; and it could not be brought back: no capacity",
      ],
    ],
  ],
  [
    "rolling back",
    rollingBack,
    [
      ["the endpoint serves the bad version", runs("v2"), "update-endpoint to v1"],
      ["an update is running: it cannot be cut short", runs("v2", "Updating"), "wait"],
      ["it serves the old version", runs("v1"), "probe"],
    ],
  ],
  ["rolling back, ordered", backOrdered, [["it did not get there", runs("v2", "InService", "no capacity"), "record-failure: no capacity"]]],
])("%s", (_, drafts, cases) => {
  test.each(cases)("%s", (_, world, expected) => expect(next(drafts, world)).toBe(expected));
});
