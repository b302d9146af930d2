import { MlflowError } from "./error.ts";
import { JsonObject } from "./json-object.ts";
import type { Request } from "./request.ts";

/** The error that an answer with a status other than 2xx stands for. */
export function refusal({ method, path }: Request, response: Response, body: string): MlflowError {
  const said = mlflowError(body) ?? { code: `HTTP_${response.status}`, message: foreignMessage(response, body) };
  return new MlflowError({ ...said, status: response.status, method, path });
}

function mlflowError(body: string): { code: string; message: string } | undefined {
  try {
    const answer = new JsonObject(JSON.parse(body), (problem) => new SyntaxError(problem));
    return { code: answer.text("error_code"), message: answer.optionalText("message") ?? "" };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What something between here and MLflow says: a proxy's page without its markup, or where it sends us. */
function foreignMessage(response: Response, body: string): string {
  const text = body
    .replace(/<[^>]*>|\s+/g, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, 300);
  const location = response.headers.get("location");
  return [`status ${response.status}`, location === null ? text : `redirected to ${location}`].filter(Boolean).join(": ");
}
