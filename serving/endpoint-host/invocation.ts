import type { IncomingHttpHeaders } from "node:http";
import type { Account } from "./account.ts";
import { accountId } from "./arn.ts";
import type { Hosting } from "./hosting.ts";
import { type Invocation, LateAnswer, NeverArrived } from "./passage/container-connections.ts";
import type { HttpMessage } from "./passage/http-message.ts";
import { ServiceError } from "./service-error.ts";

/** SageMaker's limit for names. */
const longestName = 63;

/** Headers that SageMaker passes on to the container. */
const passedOn = ["content-type", "accept", "x-amzn-sagemaker-custom-attributes", "x-amzn-sagemaker-inference-id"];

/** Headers that ask for what is not emulated, and what SDKs call them. */
const refused = Object.entries({
  "x-amzn-sagemaker-target-model": "TargetModel",
  "x-amzn-sagemaker-target-container-hostname": "TargetContainerHostname",
  "x-amzn-sagemaker-inference-component": "InferenceComponentName",
  "x-amzn-sagemaker-enable-explanations": "EnableExplanations",
  "x-amzn-sagemaker-session-id": "SessionId",
});

/** An endpoint's answer. */
export interface InvocationAnswer {
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * InvokeEndpoint: one healthy container of the live fleet answers.
 *
 * @throws ServiceError ValidationError, ModelError (the container answered with an error), ServiceUnavailable (it died, or none is healthy)
 */
export async function invoke(
  account: Account,
  hosting: Hosting,
  name: string,
  requestHeaders: IncomingHttpHeaders,
  body: Buffer,
): Promise<InvocationAnswer> {
  const endpoint = Object.hasOwn(account.state.endpoints, name) ? account.state.endpoints[name] : undefined;
  const variant = endpoint?.live?.variant.VariantName;
  if (endpoint?.status === "Deleting" || variant === undefined) {
    throw new ServiceError("ValidationError", 400, `Endpoint ${name.slice(0, longestName)} of account ${accountId} not found.`);
  }
  checkHeaders(requestHeaders, variant);
  const answer = await answerOf(hosting, name, { headers: headersFor(requestHeaders), body });
  const status = Number(answer.startLine.split(" ", 2)[1]);
  if (status !== 200) throw modelError(name, status, answer.body.toString("utf8"));
  const headers: Record<string, string> = { "x-amzn-invoked-production-variant": variant };
  for (const header of ["content-type", "x-amzn-sagemaker-custom-attributes"]) {
    const value = answer.headers[header];
    if (typeof value === "string") headers[header] = value;
  }
  return { headers, body: answer.body };
}

/** An invocation that never reached its container goes to another one; one that did is never sent twice: it may be what the container died of. */
async function answerOf(hosting: Hosting, name: string, invocation: Invocation): Promise<HttpMessage> {
  for (;;) {
    const container = hosting.traffic(name)?.pick();
    if (container === undefined) throw unavailable(`No instance of endpoint ${name} is healthy.`);
    try {
      return await container.invoke(invocation);
    } catch (error) {
      if (!(error instanceof NeverArrived)) throw unfinished(name, error);
    }
  }
}

function checkHeaders(headers: IncomingHttpHeaders, variant: string): void {
  for (const [header, member] of refused) {
    if (headers[header] !== undefined) throw new ServiceError("ValidationError", 400, `${member} is not emulated by this endpoint host`);
  }
  const wanted = headers["x-amzn-sagemaker-target-variant"];
  if (wanted !== undefined && wanted !== variant) {
    throw new ServiceError(
      "ValidationError",
      400,
      `Variant ${String(wanted).slice(0, longestName)} not found; the endpoint's variant is ${variant}.`,
    );
  }
}

function headersFor(requestHeaders: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const header of passedOn) {
    const value = requestHeaders[header];
    if (typeof value === "string") headers[header] = value;
  }
  return headers;
}

function modelError(name: string, status: number, message: string): ServiceError {
  const kind = status >= 400 && status < 500 ? "client" : "server";
  const text = `Received ${kind} error (${status}) from primary with message "${message}". See the log of the endpoint's containers.`;
  const LogStreamArn = `arn:aws:logs:local:${accountId}:log-group:/aws/sagemaker/Endpoints/${name}`;
  return new ServiceError("ModelError", 424, text, { OriginalStatusCode: status, OriginalMessage: message, LogStreamArn });
}

function unfinished(name: string, error: unknown): ServiceError {
  return error instanceof LateAnswer
    ? modelError(name, 0, "Your invocation timed out while waiting for a response from container primary.")
    : unavailable(`A container of endpoint ${name} ended before it answered.`);
}

function unavailable(message: string): ServiceError {
  return new ServiceError("ServiceUnavailable", 503, message);
}
