import { isUtf8 } from "node:buffer";
import { FalconryError } from "@falconry/environment/error.ts";
import { readCsv } from "../table/read-csv.ts";
import { readJson } from "../table/read-json.ts";
import { shown, type Table } from "../table/table.ts";

/** SageMaker's limit for one InvokeEndpoint. */
export const maxPayloadBytes = 6 * 1024 * 1024;

/**
 * Rows of a request's body.
 *
 * @param names the model's columns, in order
 * @throws FalconryError `request.content-type`, `request.empty`, `request.malformed`, `request.shape`
 */
export function readRequest(contentType: string | undefined, body: unknown, names: readonly string[]): Table {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new FalconryError("request.empty", { message: "the request has no body", hint: "Send rows as application/json or text/csv" });
  }
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json" && mediaType !== "text/csv") {
    throw new FalconryError("request.content-type", {
      message: `content type ${shown(contentType)} is not understood`,
      hint: "Send application/json or text/csv",
    });
  }
  if (!isUtf8(body))
    throw new FalconryError("request.malformed", { message: "the body is no UTF-8 text", hint: "Encode the body as UTF-8" });
  const text = body.toString("utf8");
  return mediaType === "text/csv" ? readCsv(text) : readJson(text, names);
}
