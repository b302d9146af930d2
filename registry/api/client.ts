import { FalconryError } from "@falconry/environment/error.ts";
import { type ErrorCode, errorCatalogue } from "@falconry/environment/error-catalogue.ts";
import { z } from "zod";
import type { Registry } from "../registry.ts";
import type { RefusalsPage } from "./refusals.ts";

export interface ControlPlaneAddress {
  /** `controlPlane.url` of the environment's descriptor. */
  url: string;
  /** An access token that is good now. */
  token(): Promise<string>;
  /** @default the platform's own */
  fetch?: typeof globalThis.fetch;
  /** For one attempt. @default 60 */
  timeoutSeconds?: number;
  /** Before another attempt. @default waits on the wall clock */
  pause?(seconds: number): Promise<void>;
}

export interface Page {
  /** Sequence of the last event that is known already. */
  after?: number;
  /** At most 2000. */
  limit?: number;
}

type Answer<Method extends keyof Registry> = Awaited<ReturnType<Registry[Method]>>;

export type ControlPlaneClient = ReturnType<typeof controlPlane>;

/** Pauses before the second and the third attempt. */
const retrySeconds = [0.2, 1];

/**
 * The registry of an environment, asked through its control plane: the same methods. Runs in a browser too. What does no harm when it is done twice is tried again
 * where the control plane does not answer.
 *
 * All throw FalconryError: the control plane's own, or `control-plane.unreachable`, `control-plane.answer`.
 */
export function controlPlane(address: ControlPlaneAddress) {
  const get = <T>(path: string, answer: z.ZodType<T>) => retried(address, () => ask(address, "GET", path, undefined, answer));
  const post = <T>(path: string, body: object | undefined, answer: z.ZodType<T>) => ask(address, "POST", path, body, answer);
  return {
    /** @param how `again`: why a version that was rolled back from should go live once more */
    promote(workload: string, version: number, how: { again?: string } = {}) {
      return post("/promotions", { workload, version, ...how }, answers.promote);
    },
    approve(promotion: string, reason: string) {
      return post(`/promotions/${encodeURIComponent(promotion)}/approval`, { reason }, answers.approve);
    },
    reject(promotion: string, reason: string) {
      return post(`/promotions/${encodeURIComponent(promotion)}/rejection`, { reason }, answers.reject);
    },
    rollback(workload: string, how: { to?: number; reason: string }) {
      return retried(address, () => post(`/workloads/${encodeURIComponent(workload)}/rollback`, how, answers.rollback));
    },
    promotion(id: string) {
      return get(`/promotions/${encodeURIComponent(id)}`, answers.promotion);
    },
    status(workload?: string) {
      return get(`${of(workload)}/status`, answers.status);
    },
    /** One pass over a workload's endpoint, or every one, and how things stand then. */
    reconcile(workload?: string) {
      return retried(address, () => post(`${of(workload)}/reconcile`, undefined, answers.status));
    },
    history(workload: string, page: Page = {}) {
      return get(`${of(workload)}/history${query(page)}`, answers.history);
    },
    /** What people were refused. */
    refusals(page: Page = {}) {
      return get(`/refusals${query(page)}`, answers.refusals);
    },
  };
}

const report = { promotion: z.string(), workload: z.string(), state: z.string() };

/** Read loosely: a control plane of another version may say more. What is checked is that it is the answer to what was asked. */
const answers = {
  promote: holding<Answer<"promote">>(report),
  approve: holding<Answer<"approve">>(report),
  reject: holding<Answer<"reject">>(report),
  rollback: holding<Answer<"rollback">>({ workload: z.string(), from: z.number(), to: z.number() }),
  promotion: holding<Answer<"promotion">>(report),
  status: holding<Answer<"status">>({ workloads: z.array(z.looseObject({ name: z.string(), state: z.string() })) }),
  history: holding<Answer<"history">>({ events: z.array(z.looseObject({ sequence: z.number(), time: z.string(), type: z.string() })) }),
  refusals: holding<RefusalsPage>({ refusals: z.array(z.looseObject({ sequence: z.number(), time: z.string(), code: z.string() })) }),
};

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });

/** Where nothing of ours answers: a gateway before it, which knows the token only, or nothing behind it. */
const gatewayCodes: Partial<Record<number, ErrorCode>> = {
  401: "control-plane.token-refused",
  403: "control-plane.token-refused",
  429: "control-plane.too-many-requests",
  502: "control-plane.unreachable",
  503: "control-plane.unreachable",
  504: "control-plane.unreachable",
};

function holding<T>(members: z.ZodRawShape): z.ZodType<T> {
  const schema = z.looseObject(members);
  return z.custom<T>((value) => schema.safeParse(value).success);
}

async function ask<T>(
  address: ControlPlaneAddress,
  method: "GET" | "POST",
  path: string,
  body: object | undefined,
  answer: z.ZodType<T>,
): Promise<T> {
  const { url, token, fetch = globalThis.fetch, timeoutSeconds = 60 } = address;
  const authorization = `Bearer ${await token()}`;
  const where = `${method} ${url.replace(/\/$/, "")}${path}`;
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url.replace(/\/$/, "")}${path}`, {
      method,
      headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    throw new FalconryError("control-plane.unreachable", {
      message: `the control plane does not answer ${where}: ${reasonOf(cause)}`,
      hint: "On this machine run: falconry local up; on AWS check the network and the environment's name",
      cause,
    });
  }
  const value = jsonOf(text);
  const read = answer.safeParse(value);
  if (status < 300 && read.success) return read.data;
  throw refusalOf(where, status, value);
}

/** The control plane's own words, as they would stand here. */
function refusalOf(where: string, status: number, value: unknown): FalconryError {
  const read = errorSchema.safeParse(value);
  if (read.success) {
    const { code, message, hint } = read.data.error;
    if (isErrorCode(code)) return new FalconryError(code, { message, hint });
    return new FalconryError("control-plane.answer", { message: `${message} [${code}]`, hint });
  }
  const code = gatewayCodes[status] ?? "control-plane.answer";
  return new FalconryError(code, {
    message: `${where} was answered with ${status}, in no words of the control plane`,
    hint: hints[code] ?? "",
  });
}

const hints: Partial<Record<ErrorCode, string>> = {
  "control-plane.token-refused": "Run: falconry login",
  "control-plane.too-many-requests": "Wait a minute",
  "control-plane.unreachable": "On this machine run: falconry local up; on AWS look at the function's log",
  "control-plane.answer": "Check controlPlane.url of the environment's descriptor, and that this version of Falconry runs there",
};

async function retried<T>(address: ControlPlaneAddress, attempt: () => Promise<T>): Promise<T> {
  const { pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000)) } = address;
  for (const seconds of retrySeconds) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FalconryError) || error.code !== "control-plane.unreachable") throw error;
      await pause(seconds);
    }
  }
  return attempt();
}

function of(workload: string | undefined): string {
  return workload === undefined ? "" : `/workloads/${encodeURIComponent(workload)}`;
}

function query({ after, limit }: Page): string {
  const asked = new URLSearchParams();
  if (after !== undefined) asked.set("after", String(after));
  if (limit !== undefined) asked.set("limit", String(limit));
  return asked.size === 0 ? "" : `?${asked}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error && cause.cause.message !== "" ? cause.cause.message : cause.message;
}
