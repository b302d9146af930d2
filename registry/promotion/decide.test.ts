import { emptyCounts } from "@falconry/model/serving-metrics.ts";
import { describe, expect, test } from "vitest";
import type { Evidence } from "../canary/sample.ts";
import type { Observation } from "./action.ts";
import { decide } from "./decide.ts";
import type { EventDraft } from "./events.ts";
import { fold } from "./state.ts";
import { secondsIn, step, told, wentLive } from "./story.fixture.ts";

/** What is done next, in few words. @param second of the story */
function next(drafts: readonly EventDraft[], world: Partial<Observation>, second = 60): string {
  const action = decide(fold(told(drafts)), { bootstrap: "bootstrap", ...world }, new Date(secondsIn(second)));
  switch (action.type) {
    case "record": {
      const { event } = action;
      const who = event.type === "giving-up" ? `, by ${event.by}` : "";
      return `record ${event.type}${who}${"reason" in event ? `: ${event.reason}` : ""}`;
    }
    case "update-endpoint":
      return `update-endpoint to ${action.way.to.config}`;
    case "probe":
      return `probe version ${action.way.to.version}`;
    case "intend":
      return `intend, from ${action.previousConfig}, ${action.canary ? "with" : "without"} a canary`;
    case "notice":
      return `notice: ${action.because}`;
    case "repair":
      return `repair: ${action.because}`;
    case "mirror-aliases":
      return `mirror-aliases ${JSON.stringify(action.aliases)}`;
    case "wait":
      return action.beat ? "beat, and wait" : "wait";
    default:
      return action.type;
  }
}

const runs = (config: string, status = "InService", failureReason?: string): Partial<Observation> => ({
  endpoint: { status, config, ...(failureReason !== undefined && { failureReason }) },
});
/** On its way from one configuration to another. */
const updating = (from: string, to: string, stage = "Creating", evidence?: Evidence): Partial<Observation> => ({
  endpoint: { status: "Updating", config: from, pending: { config: to, stage, since: secondsIn(10) } },
  ...(evidence && { evidence }),
});
const aliases = (champion?: number, challenger?: number): Partial<Observation> => ({ ...runs("v1"), aliases: { champion, challenger } });
const quiet: Partial<Observation> = { alarms: { silent: "OK", unhealthy: "OK" } };

/** The challenger stopped counting. */
function dark(seconds: number): Evidence {
  const { champion, challenger } = served(seconds);
  return { champion, challenger: { ...challenger, requests: Number.NaN } };
}

/** Both versions served alike for so many seconds; the challenger failed so many of its thousand requests. */
function served(seconds: number, challengerErrors = 0): Evidence {
  const sample = (serverErrors: number) => {
    const counts = emptyCounts();
    const rows = 1000 - serverErrors;
    const byProbability = counts.predictions.byProbability.map((_, bucket) => (bucket === 15 ? rows : 0));
    const latency = counts.latency.map((_, bucket) => (bucket === 5 ? rows : 0));
    const predictions = { byClass: { "1": rows }, byProbability, invalidProbability: 0 };
    return { ...counts, requests: 1000, serverErrors, latency, predictions, from: 0, to: seconds * 1000 };
  };
  return { champion: sample(0), challenger: sample(challengerErrors) };
}

const one = [...wentLive("falcon-1", 1, "bootstrap"), step.mirrored("falcon-1", 1)];
const requested = [...one, step.requested("falcon-8", 2)];
const awaiting = [...requested, step.gatesPassed("falcon-8", 2)];
const approved = [...awaiting, step.approved("falcon-8")];
const deploying = [...approved, step.deploying("falcon-8", 2, "v1")];
const ordered = [...deploying, step.updating("falcon-8", "v2")];
const baking = [...ordered, step.baking("falcon-8", secondsIn(0))];
const completing = [...baking, step.completing("falcon-8")];
const givenUp = [...baking, step.givingUp("falcon-8")];
const returnOrdered = [...givenUp, step.updating("falcon-8", "v1")];
const rollingBack = [...one, ...wentLive("falcon-8", 2, "v1"), step.rollingBack("falcon-16", 2, 1)];
const backOrdered = [...rollingBack, step.updating("falcon-16", "v1")];
const first = [step.requested("falcon-1", 1), step.gatesPassed("falcon-1", 1), step.approved("falcon-1")];
const firstOrdered = [...first, step.deploying("falcon-1", 1, "bootstrap"), step.updating("falcon-1", "v1")];
const late = [...one, ...ordered.slice(one.length), step.givingUp("falcon-8"), step.rolledBack("falcon-8", 1)];
const repairing = [...late, step.repairing("falcon-15", 1, "v2")];

describe.each<[string, readonly EventDraft[], [string, Partial<Observation>, string, number?][]]>([
  [
    "nothing in flight",
    one,
    [
      ["the aliases say so", aliases(1), "rest"],
      ["MLflow does not answer", runs("v1"), "rest"],
      ["somebody updates the endpoint", runs("v1", "Updating"), "rest"],
      ["an alias was moved by hand", aliases(3), "notice: alias champion was set to version 3; it should be version 1"],
      [
        "both were: that is one piece of news, told once",
        aliases(3, 2),
        "notice: alias champion was set to version 3; it should be version 1, and alias challenger was set to version 2; it should be no version",
      ],
      ["a challenger that never was", aliases(1, 2), "notice: alias challenger was set to version 2; it should be no version"],
      ["a configuration that is none of ours serves", runs("theirs"), "notice: it runs theirs, not v1, and that is none of ours"],
      ["the bootstrap configuration serves", runs("bootstrap"), "repair: it runs bootstrap, not v1"],
      ["the endpoint is gone", {}, "notice: SageMaker has no such endpoint"],
      ["the endpoint is down", runs("v1", "OutOfService", "no capacity"), "notice: it is OutOfService: no capacity"],
      ["the champion's configuration was deleted", { ...aliases(1), championStands: false }, "restore-champion"],
    ],
  ],
  [
    "what was noticed once",
    [...one, step.noticed("falcon-1", "endpoint", "it runs theirs, not v1, and that is none of ours")],
    [
      ["still serves: it is not told again", { ...aliases(1), ...runs("theirs") }, "rest"],
      ["was followed by something else of theirs", runs("another"), "notice: it runs another, not v1, and that is none of ours"],
    ],
  ],
  [
    "an alias that was moved by hand, and told",
    [...one, step.noticed("falcon-1", "alias", "alias champion was set to version 3; it should be version 1")],
    [["it is put back", aliases(3), 'mirror-aliases {"champion":1}']],
  ],
  ["live, not mirrored yet", one.slice(0, -1), [["an alias was never set", aliases(), 'mirror-aliases {"champion":1}']]],
  ["requested", requested, [["anything", runs("v1"), "run-gates"]]],
  ["refused by a gate", [...requested, step.gatesFailed("falcon-8")], [["the aliases say so", aliases(1), "rest"]]],
  [
    "awaiting approval",
    awaiting,
    [
      ["the challenger is not named yet", aliases(1), 'mirror-aliases {"champion":1,"challenger":2}'],
      ["the aliases say so", aliases(1, 2), "rest"],
      ["the endpoint was moved: a repair goes first", runs("bootstrap"), "repair: it runs bootstrap, not v1"],
      ["nobody comes within its hour", aliases(1, 2), "record expired: nobody approved it within 1 hours", 3700],
    ],
  ],
  [
    "rejected",
    [...awaiting, step.rejected("falcon-8")],
    [["a driver died when the challenger was named", aliases(1, 2), 'mirror-aliases {"champion":1}']],
  ],
  [
    "approved",
    approved,
    [
      ["the endpoint serves the champion", runs("v1"), "intend, from v1, with a canary"],
      ["somebody updates the endpoint", runs("v1", "Updating"), "wait"],
      ["it was moved to another of ours", runs("bootstrap"), "repair: it runs bootstrap, not v1"],
      ["the champion's configuration was deleted", { ...runs("v1"), championStands: false }, "restore-champion"],
    ],
  ],
  [
    "approved, and something of theirs was noticed",
    [...approved, step.noticed("falcon-8", "endpoint", "it runs theirs, not v1, and that is none of ours")],
    [["it still serves", runs("theirs"), "record failed: the endpoint is InService with theirs, not with v1"]],
  ],
  ["approved, the first version", first, [["the bootstrap model serves", runs("bootstrap"), "intend, from bootstrap, without a canary"]]],
  [
    "deploying, nothing ordered yet",
    deploying,
    [
      ["the alarm of silence hears no heartbeat yet", { ...runs("v1"), alarms: { silent: "ALARM", unhealthy: "OK" } }, "beat, and wait"],
      ["the other alarm is left from an earlier return", { ...runs("v1"), alarms: { silent: "OK", unhealthy: "ALARM" } }, "clear-alarm"],
      [
        "an alarm is never quiet",
        { ...runs("v1"), alarms: { silent: "ALARM", unhealthy: "OK" } },
        'record giving-up, by judge: the alarms are not both OK after 15 minutes: {"silent":"ALARM","unhealthy":"OK"}',
        1000,
      ],
      ["both are quiet", { ...runs("v1"), ...quiet }, "update-endpoint to v2"],
      ["an old failure still stands there", { ...runs("v1", "InService", "last week"), ...quiet }, "update-endpoint to v2"],
      ["the order came through before a crash", updating("v1", "v2"), "beat, and wait"],
      ["its canary has traffic", updating("v1", "v2", "Baking"), "record baking"],
      ["somebody else's update runs: its alarms are not held off", updating("v1", "theirs", "Baking"), "wait"],
      ["the endpoint is gone", {}, "record giving-up, by sagemaker: the endpoint does not exist"],
    ],
  ],
  [
    "deploying, ordered",
    ordered,
    [
      ["it returned to the old one", runs("v1", "InService", "ping failed"), "record giving-up, by sagemaker: ping failed"],
      ["it shows the old one and does not say why: perhaps from before the order", { ...runs("v1"), ...quiet }, "update-endpoint to v2"],
      ["SageMaker is rolling it back", runs("v1", "RollingBack"), "wait"],
      ["it could not even return", runs("v1", "UpdateRollbackFailed", "no capacity"), "record giving-up, by sagemaker: no capacity"],
      [
        "it serves the new configuration, and nobody saw it bake",
        runs("v2"),
        "record giving-up, by judge: it took all of the traffic, and no judge had found it healthy",
      ],
    ],
  ],
  [
    "deploying, ordered again and again",
    [...ordered, step.updating("falcon-8", "v2"), step.updating("falcon-8", "v2")],
    [["it still shows the old one", runs("v1"), "record giving-up, by sagemaker: the endpoint is InService with v1, not with v2"]],
  ],
  [
    "the first version, ordered",
    firstOrdered,
    [
      ["it is updating: nothing to be compared with, no heartbeat", updating("bootstrap", "v1", "Baking"), "wait"],
      ["it serves", runs("v1"), "probe version 1"],
      ["it did not come up", runs("bootstrap", "InService", "ping failed"), "record giving-up, by sagemaker: ping failed"],
    ],
  ],
  [
    "canary",
    baking,
    [
      ["nobody counts", updating("v1", "v2", "Baking"), "beat, and wait"],
      ["it is healthy, and it is early", updating("v1", "v2", "Baking", served(50)), "beat, and wait"],
      [
        "it is unhealthy",
        updating("v1", "v2", "Baking", served(50, 300)),
        expect.stringMatching(/^record giving-up, by judge: server-errors/),
      ],
      ["healthy when the verdict is due", updating("v1", "v2", "Baking", served(70)), "record completing", 80],
      [
        "too short a time when it is due",
        updating("v1", "v2", "Baking", served(5)),
        expect.stringMatching(/^record giving-up, by judge: inconclusive to the end: window: 5 s/),
        80,
      ],
      ["nobody counted when it is due", updating("v1", "v2", "Baking"), expect.stringContaining("inconclusive to the end"), 80],
      ["SageMaker does not show the stage any more", { ...runs("v1", "Updating"), evidence: served(70) }, "record completing", 80],
      ["SageMaker returned by itself", runs("v1", "InService", "alarm silent"), "record giving-up, by sagemaker: alarm silent"],
      [
        "it returned, and SageMaker does not say why",
        runs("v1"),
        "record giving-up, by sagemaker: the endpoint is InService with v1, not with v2",
      ],
      [
        "it took over without a verdict",
        runs("v2"),
        "record giving-up, by judge: it took all of the traffic, and no judge had found it healthy",
      ],
    ],
  ],
  [
    "completing",
    completing,
    [
      ["the rest of the traffic moves", updating("v1", "v2", "Baking", served(90)), "beat, and wait", 90],
      ["CloudWatch cannot be read, and it was found healthy", updating("v1", "v2", "Baking"), "beat, and wait", 90],
      ["its containers count no more", updating("v1", "v2", "Baking", dark(90)), "wait", 90],
      [
        "it is unhealthy after all",
        updating("v1", "v2", "Baking", served(90, 300)),
        expect.stringMatching(/^record giving-up, by judge/),
        90,
      ],
      ["it serves", runs("v2"), "probe version 2"],
    ],
  ],
  [
    "given up",
    givenUp,
    [
      ["the canary still runs", updating("v1", "v2", "Baking", served(90)), "trip"],
      ["SageMaker is returning", runs("v1", "RollingBack"), "wait"],
      ["it returned", runs("v1", "InService", "alarm unhealthy"), "probe version 1"],
      ["it was too late: the new one serves", runs("v2"), "update-endpoint to v1"],
      ["something of theirs serves", runs("theirs"), "update-endpoint to v1"],
      ["the endpoint is gone", {}, "record failed: the endpoint does not exist"],
    ],
  ],
  [
    "given up, and ordered back",
    returnOrdered,
    [
      ["it is on its way back", updating("v2", "v1"), "wait"],
      ["it did not get back", runs("v2", "InService", "no capacity"), "record failed: no capacity"],
    ],
  ],
  [
    "rolling back",
    rollingBack,
    [
      ["the endpoint serves the bad version", runs("v2"), "update-endpoint to v1"],
      ["a canary runs, which this rollback superseded", updating("v2", "v3", "Baking"), "trip"],
      ["its own order runs, recorded or not", updating("v2", "v1"), "wait"],
      ["it serves the old version", runs("v1"), "probe version 1"],
    ],
  ],
  ["rolling back, ordered", backOrdered, [["it did not get there", runs("v2", "InService", "no capacity"), "record failed: no capacity"]]],
  ["a late order brought up what had been given up", late, [["it serves", runs("v2"), "repair: it runs v2, not v1"]]],
  [
    "repairing",
    repairing,
    [
      ["it still runs the other one", runs("v2"), "update-endpoint to v1"],
      ["it is back", runs("v1"), "probe version 1"],
    ],
  ],
  [
    "a repair that failed",
    [...repairing, step.failed("falcon-15")],
    [["it is not tried again", runs("v2"), "notice: it runs v2, not v1, and could not be brought back"]],
  ],
])("%s", (_, drafts, cases) => {
  test.each(cases)("%s", (_, world, expected, second) => expect(next(drafts, world, second)).toEqual(expected));
});
