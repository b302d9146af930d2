import type { Environment } from "@falconry/environment/environment.ts";
import { type Registry, registryOf } from "../registry.ts";
import { trialWorkload } from "../trial-model.fixture.ts";
import { simulatedEnvironment } from "./clients.ts";
import { Clock } from "./clock.ts";
import { type Strangers, violationsOf } from "./invariants.ts";
import { Network, type Process } from "./network.ts";
import type { Act, Scenario, Step } from "./scenario.ts";
import { type Beginning, World } from "./world.ts";

/** A scenario in which everything that can be late is late takes less. */
const maxHours = 12;
const maxDeliveries = 10_000;

/** What one run came to. */
export interface Run {
  /** Empty where all was as it must be. */
  violations: string[];
  /** What happened, one line each. */
  account(): string[];
  /** Mishaps that befell a call: `<mishap> <call>`. */
  befallen: readonly string[];
  world: World;
}

/** Changes what the product's effects do: one deliberate fault. */
export type Fault = (environment: Environment, world: World) => Environment;

/** Plays a scenario with the product's own code against simulated services, lets everything come to rest, and looks at what is left. */
export async function play(beginning: Beginning, scenario: Scenario, fault: Fault = (environment) => environment): Promise<Run> {
  const clock = new Clock();
  const world = new World(beginning, scenario.courses, clock);
  const network = new Network(clock, scenario);
  const workload = trialWorkload(beginning.workload);
  const strangers: Strangers = { updates: 0, deletions: [], overwritten: [] };
  const processes: Process[] = [];
  const end = clock.milliseconds + maxHours * 3_600_000;

  try {
    for (const step of scenario.steps) {
      begin(step.act);
      await letHappen(step.after);
    }
    network.calm();
    await letHappen("rest");
    while (network.busy) await next();
    clock.milliseconds = Math.max(clock.milliseconds, world.hosting.busyUntil ?? 0);
    const last = program("the last reconcile", (registry) => registry.reconcile(workload));
    await letHappen("rest");
    const audit = program("the audit", (registry) => registry.verifyAudit(workload));
    await letHappen("rest");
    const violations = violationsOf({ world, network, processes, strangers, last, audit });
    return { violations, account: () => network.account, befallen: network.befallen, world };
  } catch (error) {
    // A ledger that two have written over each other adds up to nothing: that ends the run, and is what it found.
    const found = error instanceof Unsettled ? error.message : `it cannot be told what happened: ${error}`;
    return { violations: [found], account: () => network.account, befallen: network.befallen, world };
  }

  function begin(act: Act): void {
    switch (act.type) {
      case "promote":
        program(`promote ${act.version}`, (registry) => registry.promote(workload, act.version));
        break;
      case "approve":
      case "reject":
        program(`${act.type} ${act.which}`, (registry) => registry[act.type](promotion(act.which), "said so"));
        break;
      case "rollback":
        program(`rollback ${act.to ?? ""}`, (registry) => registry.rollback(workload, { to: act.to, reason: "said so" }));
        break;
      case "reconcile":
        program("reconcile", (registry) => registry.reconcile(workload));
        break;
      case "status":
        program("status", (registry) => registry.status(workload));
        break;
      default:
        network.note(`by hand: ${JSON.stringify(act)}`);
        byHand(act);
    }
  }

  function program(name: string, act: (registry: Registry) => Promise<unknown>): Process {
    const process = network.start(`#${processes.length + 1} ${name}`, (self) => {
      const environment = fault(
        simulatedEnvironment(world, (call) => network.call(self, call)),
        world,
      );
      return act(registryOf(environment, { actor: "ada", now: () => clock.now(), pause: (wait) => network.pause(self, wait) }));
    });
    processes.push(process);
    return process;
  }

  function byHand(act: Act): void {
    const { hosting, tracking } = world;
    const configs = [...hosting.configs.keys()];
    const config = "nth" in act ? (configs[act.nth % configs.length] ?? "") : "";
    switch (act.type) {
      case "move-alias":
        if (act.version === null) tracking.deleteAlias(act.alias);
        else tracking.setAlias(act.alias, act.version);
        break;
      case "overwrite-files":
        strangers.overwritten.push(act.version);
        tracking.overwriteFiles(act.version);
        break;
      case "delete-config":
        strangers.deletions.push(config);
        hosting.configs.delete(config);
        break;
      case "update-endpoint":
        strangers.updates++;
        try {
          hosting.update(config);
        } catch (error) {
          network.note(`by hand: refused: ${error}`);
        }
    }
  }

  function promotion(which: "first" | "last"): string {
    const requests = world.events.filter(({ type }) => type === "requested");
    return (which === "first" ? requests[0] : requests.at(-1))?.promotion ?? `${beginning.workload}-1`;
  }

  async function letHappen(calls: Step["after"]): Promise<void> {
    for (let at = 0; network.running && (calls === "rest" || at < calls); at++) await next();
  }

  async function next(): Promise<void> {
    await network.deliverNext();
    if (network.deliveries > maxDeliveries) throw new Unsettled(`it does not come to rest in ${maxDeliveries} calls`);
    if (clock.milliseconds > end) throw new Unsettled(`it does not come to rest in ${maxHours} hours`);
  }
}

class Unsettled extends Error {}
