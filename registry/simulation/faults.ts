import { canaryFaults } from "./faults/canary.ts";
import type { Deliberate } from "./faults/deliberate.ts";
import { endpointFaults } from "./faults/endpoint.ts";
import { ledgerFaults } from "./faults/ledger.ts";

/** Deliberate faults: each switches one line of what the product does to the world. A simulation that does not notice one is worth nothing. */
export const faults: Record<string, Deliberate> = { ...ledgerFaults, ...endpointFaults, ...canaryFaults };
