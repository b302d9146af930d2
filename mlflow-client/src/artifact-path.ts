import { MlflowError } from "./error.ts";

/**
 * The folders and the name of an artifact below its artifact URI.
 *
 * @throws MlflowError `UNSAFE_ARTIFACT_PATH`
 */
export function segments(method: string, relative: string): string[] {
  // The server decodes a path until it stays the same, drops tabs and line ends, and refuses "#" and "..".
  if (!/%[0-9a-f]{2}|[#\\\t\n\r]|(^|\/)\.\.?(\/|$)/i.test(relative) && !relative.startsWith("/"))
    return relative.split("/").filter(Boolean);
  throw new MlflowError({
    status: undefined,
    code: "UNSAFE_ARTIFACT_PATH",
    message: `artifact path "${relative}": no "#", "\\", tab or line end, "%" with two digits, "." or ".." folder, or leading "/"`,
    method,
    path: relative,
  });
}

export function urlPath(under: string, parts: readonly string[]): string {
  return [under, ...parts.map(encodeURIComponent)].join("/");
}
