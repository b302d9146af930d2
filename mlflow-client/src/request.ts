/** A field that is undefined is left out. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [field: string]: Json };

/** A parameter that is undefined is left out. */
export type Query = Record<string, string | number | undefined>;

export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the tracking URI, percent-encoded where needed. */
  path: string;
  query?: Query;
  body?: { json: Json } | { bytes: Uint8Array };
  /** Doing it twice is as good as once. Anything else is sent again only where the server surely never saw it. */
  repeatable: boolean;
}

export function requestUrl(root: string, { path, query = {} }: Request): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return `${root}${path}${parameters.size === 0 ? "" : `?${parameters}`}`;
}

export function encodeBody(body: Request["body"]): { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } {
  if (body === undefined) return {};
  if ("json" in body) return { body: JSON.stringify(body.json), headers: { "content-type": "application/json" } };
  return { body: new Uint8Array(body.bytes), headers: { "content-type": "application/octet-stream" } };
}
