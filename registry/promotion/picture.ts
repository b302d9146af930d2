import { isEnded, type Kind, type State, type Transition, transitions } from "./machine.ts";

const kinds: readonly Kind[] = ["promotion", "rollback", "repair"];

/** The state machine as a mermaid diagram, made of the very transitions that a ledger is followed by. */
export function picture(): string {
  const all = kinds.flatMap((kind) => transitions[kind]).filter(({ to }) => to !== "superseded");
  const states = [...new Set(all.map(({ to }) => to))];
  return [
    "stateDiagram-v2",
    ...states.filter((state) => state.includes("-")).map((state) => `  state "${state}" as ${id(state)}`),
    '  state "in flight" as in_flight {',
    ...arrows(all.filter(({ to }) => !isEnded(to))).map((arrow) => `    ${arrow}`),
    "  }",
    ...arrows(all.filter(({ to }) => isEnded(to))).map((arrow) => `  ${arrow}`),
    // A rollback ends all that is in flight: drawn once.
    "  in_flight --> superseded: rolling-back of another",
    "",
  ].join("\n");
}

/** Each once, also where a promotion and a rollback share it. */
function arrows(some: readonly Transition[]): string[] {
  return [...new Set(some.map(arrow))];
}

function arrow({ from, event, to, canary }: Transition): string {
  const only = canary === undefined ? "" : canary ? " (with a canary)" : " (without a canary)";
  return `${from === undefined ? "[*]" : id(from)} --> ${id(to)}: ${event}${only}`;
}

/** Mermaid's names have no hyphen. */
function id(state: State): string {
  return state.replaceAll("-", "_");
}
