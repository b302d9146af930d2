import type { Environment } from "@falconry/environment/environment.ts";
import { Memory } from "../promotion/memory.ts";
import { type Registry, registryOf } from "../registry.ts";
import { simulatedEnvironment } from "./clients.ts";
import { Clock } from "./clock.ts";
import { Driver } from "./driver.ts";
import { type Strangers, violationsOf } from "./invariants.ts";
import { Network } from "./network.ts";
import type { Call, Process } from "./process.ts";
import type { Act, Scenario, Step } from "./scenario.ts";
import { Watch } from "./watch.ts";
import { type Beginning, World } from "./world.ts";

/** A scenario in which everything that can be late is late takes less. */
const maxHours = 12;
const maxDeliveries = 6_000;
/** The control plane looks for the champion's configuration every minute. */
const deletionSeconds = 120;

/** What one run came to. */
export interface Run {
  /** Empty where all was as it must be. */
  violations: string[];
  /** What happened, one line each, where it was to be told. */
  account: readonly string[];
  /** Mishaps that befell a call: `<mishap> <call>`. */
  befallen: readonly string[];
  world: World;
}

/** Changes what the product's effects do: one deliberate fault. */
export type Fault = (environment: Environment, world: World) => Environment;

export interface PlayOptions {
  fault?: Fault | undefined;
  /** Keeps an account of it. */
  isTold?: boolean;
}

/** Plays a scenario with the product's own code against simulated services, lets everything come to rest, and looks at what is left. */
export async function play(beginning: Beginning, scenario: Scenario, options: PlayOptions = {}): Promise<Run> {
  const { fault = (environment: Environment) => environment, isTold = false } = options;
  const { workload } = beginning;
  const clock = new Clock();
  const ailments = Object.fromEntries(Object.entries(scenario.ailments).filter(([version]) => Number(version) > scenario.past));
  const world = new World(beginning, { ...scenario, ailments }, clock);
  const watch = new Watch(world, clock);
  const network = new Network(clock, scenario, isTold);
  const strangers: Strangers = { updates: 0, deletions: [], overwritten: [] };
  const processes: Process[] = [];
  const drivers = scenario.drivers.map(
    (seconds, at) => new Driver(clock, world, seconds, pass(at === 0 ? controlPlane : `driver ${at + 1}`)),
  );
  const end = clock.milliseconds + maxHours * 3_600_000;
  /** What the control plane's process knows: its timer, and what people ask it for. */
  let memory = new Memory();
  let names = 0;

  try {
    for (const { act, after } of scenario.steps) {
      await letHappen(after);
      if (act.type === "wait") await letHappen(act, true);
      else begin(act);
    }
    network.calm();
    await settle();
    // That something was deleted is seen at the next look for it.
    if (strangers.deletions.length > 0) await letHappen({ seconds: deletionSeconds }, true);
    await settle();
    const last = person("the last reconcile", "ada", (registry) => registry.reconcile(workload));
    while (last.state === "running") await network.deliverNext();
    const audit = person("the audit", "ada", (registry) => registry.verifyAudit(workload));
    while (audit.state === "running") await network.deliverNext();
    const violations = violationsOf({ world, watch, network, processes, strangers, scenario, last, audit });
    return { violations, account: network.account, befallen: network.befallen, world };
  } catch (error) {
    // A ledger that two have written over each other adds up to nothing: that ends the run, and is what it found.
    const found = error instanceof Unsettled ? error.message : `it cannot be told what happened: ${error}`;
    return { violations: [...watch.violations, found], account: network.account, befallen: network.befallen, world };
  }

  function begin(act: Exclude<Act, { type: "wait" }>): void {
    switch (act.type) {
      case "promote":
        person(`promote ${act.version}`, "ada", (registry) =>
          registry.promote(workload, act.version, act.again ? { again: "said so" } : {}),
        );
        break;
      case "approve":
        person(`approve ${act.which}`, act.by, (registry) => registry.approve(promotion(act.which), "said so"));
        break;
      case "reject":
        person(`reject ${act.which}`, act.by, (registry) => registry.reject(promotion(act.which), "said so"));
        break;
      case "rollback":
        person(`rollback ${act.to ?? ""}`, "otto", (registry) => registry.rollback(workload, { to: act.to, reason: "said so" }));
        break;
      case "status":
        person("status", "ada", (registry) => registry.status(workload));
        break;
      case "dead":
        network.note(`every process dies, for ${act.seconds} s`);
        network.killAll();
        memory = new Memory();
        for (const driver of drivers) driver.dieUntil(clock.milliseconds + act.seconds * 1000);
        break;
      default:
        network.note(`by hand: ${JSON.stringify(act)}`);
        byHand(act);
    }
  }

  /** Whoever asked for something has it looked after at once. */
  function person(name: string, actor: string, act: (registry: Registry) => Promise<unknown>): Process {
    return started(name, async (self) => {
      const answer = await act(registryFor(actor, self, memory));
      for (const driver of drivers) driver.wake();
      return answer;
    });
  }

  /** The first driver is the control plane's own timer; others begin anew with each pass. */
  function pass(name: string): () => Process {
    return () => started(name, (self) => registryFor("falconry", self, name === controlPlane ? memory : new Memory()).reconcile(workload));
  }

  function started(name: string, run: (self: Process) => Promise<unknown>): Process {
    const process = network.start(`#${processes.length + 1} ${name}`, run);
    processes.push(process);
    return process;
  }

  function registryFor(actor: string, self: Process, knowing: Memory): Registry {
    const carry = (call: Call) => network.call(self, { ...call, effect: () => ahead(call.effect) });
    const environment = simulatedEnvironment(world, carry, {
      sent: (command) => watch.sent(self, command),
      ordered: (command) => watch.ordered(command),
      ledgerAnswered: (command) => watch.ledgerAnswered(self, command),
      answered: () => watch.answered(),
      aliasSet: (alias, version) => watch.aliasSet(alias, version),
    });
    return registryOf(fault(environment, world), {
      actor,
      now: () => clock.now(),
      pause: (wait) => network.pause(self, wait),
      every: (milliseconds, act) => network.every(self, milliseconds, act),
      uniqueName: () => `holder ${names++}`,
      memory: knowing,
    });
  }

  /** Whatever is done to a service is done to it as it stands by then. */
  function ahead(effect: () => unknown): unknown {
    world.hosting.proceed();
    return effect();
  }

  function byHand(act: Act): void {
    const { hosting, tracking } = world;
    hosting.proceed();
    world.handmade++;
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
        updateByHand(config);
        break;
      case "update-to-own-configuration": {
        const ours = hosting.configs.get(hosting.servingConfig);
        if (ours !== undefined) hosting.configs.set(strangersConfig, ours);
        updateByHand(strangersConfig);
      }
    }
  }

  function updateByHand(config: string): void {
    try {
      world.hosting.update({ EndpointConfigName: config });
      watch.strangers.add(config);
      strangers.updates++;
    } catch (error) {
      network.note(`by hand: refused: ${error}`);
    }
  }

  function promotion(which: "first" | "last"): string {
    const requests = world.events.filter(({ type }) => type === "requested");
    return (which === "first" ? requests[0] : requests.at(-1))?.promotion ?? `${workload}-1`;
  }

  /** @param patiently also where nothing is left to wait for */
  async function letHappen(until: Step["after"], patiently = false): Promise<void> {
    const limit = network.deliveries + (typeof until === "object" && "calls" in until ? until.calls : Number.POSITIVE_INFINITY);
    const time = clock.milliseconds + (typeof until === "object" && "seconds" in until ? until.seconds * 1000 : Number.POSITIVE_INFINITY);
    while (network.deliveries < limit) {
      if (!patiently && isAtRest()) return;
      const next = await due();
      if (next > time) {
        clock.milliseconds = Math.max(clock.milliseconds, time);
        return;
      }
      await happen();
    }
  }

  /** Until nothing is left to do, and nothing is on its way that anybody gave up waiting for. */
  async function settle(): Promise<void> {
    while (!isAtRest() || (await network.nextDue()) !== undefined) await happen();
  }

  /** When the next thing happens, in milliseconds since the epoch. */
  async function due(): Promise<number> {
    const delivery = (await network.nextDue()) ?? Number.POSITIVE_INFINITY;
    return Math.max(clock.milliseconds, Math.min(delivery, ...drivers.map((driver) => driver.due() ?? Number.POSITIVE_INFINITY)));
  }

  async function happen(): Promise<void> {
    const now = await due();
    const driver = drivers.find((each) => (each.due() ?? Number.POSITIVE_INFINITY) <= now);
    if (driver !== undefined) {
      clock.milliseconds = now;
      driver.pass();
    } else await network.deliverNext();
    if (network.deliveries > maxDeliveries) throw new Unsettled(`it does not come to rest in ${maxDeliveries} calls`);
    if (clock.milliseconds > end) throw new Unsettled(`it does not come to rest in ${maxHours} hours`);
  }

  /** Nothing runs, nothing is in flight but what waits for a person, and a driver has found nothing to do. */
  function isAtRest(): boolean {
    const state = world.state.inFlight?.progress.state ?? "awaiting-approval";
    const isQuiet = processes.every((process) => process.state !== "running") && world.hosting.busyUntil === undefined;
    return isQuiet && state === "awaiting-approval" && drivers.some(({ restedAt }) => restedAt === world.changes);
  }
}

const controlPlane = "control plane";
/** Made by hand: no event of the ledger names it. */
const strangersConfig = "by-hand";

class Unsettled extends Error {}
