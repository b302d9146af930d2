import { z } from "zod";
import { notEmulated, type ServiceError, validation } from "./service-error.ts";

/** Answers one SageMaker operation: JSON in, JSON out; a {@link ServiceError} otherwise. */
export type Operation = (request: unknown) => Promise<object>;

/** Operations by their name on the wire, as "CreateModel". */
export type Operations = Record<string, Operation>;

/** An operation whose request is checked first. */
export function operation<Schema extends z.ZodType>(schema: Schema, answer: (request: z.infer<Schema>) => Promise<object>): Operation {
  return async (request) => {
    const parsed = schema.safeParse(request, { reportInput: true });
    if (parsed.success) return answer(parsed.data);
    throw invalid(parsed.error.issues);
  };
}

/** Pattern of the names of models, configurations and endpoints; at most 63 characters. */
export const resourceName = z
  .string()
  .max(63)
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/);

/** Seconds since 1970, as AWS JSON 1.1 writes a time. */
export function epochSeconds(time: string): number {
  return Date.parse(time) / 1000;
}

/** Of a value that is refused. */
const longestShown = 200;

function invalid(issues: readonly z.core.$ZodIssue[]): ServiceError {
  // A member that is not emulated explains more than one that is missing because of it.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined) return validation("the request is invalid");
  const path = issue.path.map((part) => (typeof part === "string" ? part.charAt(0).toLowerCase() + part.slice(1) : String(part))).join(".");
  if (issue.code === "unrecognized_keys") return notEmulated([...issue.path.map(String), issue.keys[0]].join(".").slice(0, longestShown));
  if (issue.input === undefined) {
    return validation(`1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`);
  }
  const value = (typeof issue.input === "object" ? JSON.stringify(issue.input) : String(issue.input)).slice(0, longestShown);
  return validation(`1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: ${constraint(issue)}`);
}

function constraint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_format":
      return "pattern" in issue ? `Member must satisfy regular expression pattern: ${issue.pattern}` : issue.message;
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? `Member must have length less than or equal to ${issue.maximum}`
        : `Member must have value less than or equal to ${issue.maximum}`;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? `Member must have length greater than or equal to ${issue.minimum}`
        : `Member must have value greater than or equal to ${issue.minimum}`;
    case "invalid_value":
      return `Member must satisfy enum value set: [${issue.values.map(String).join(", ")}]`;
    default:
      return issue.message;
  }
}
