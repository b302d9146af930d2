import { MlflowError } from "./error.ts";

const path = "/api/2.0/mlflow-artifacts/artifacts";

/**
 * The folders and the name that lead to an artifact below the tracking server's root.
 *
 * @throws MlflowError `UNSUPPORTED_ARTIFACT_URI`, `UNSAFE_ARTIFACT_PATH`
 */
export function segments(method: string, artifactUri: string, relative: string): string[] {
  const refuse = (code: string, message: string) => new MlflowError({ status: undefined, code, message, method, path });
  const [, root] = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(artifactUri) ?? [];
  if (root === undefined) {
    throw refuse("UNSUPPORTED_ARTIFACT_URI", `${artifactUri}: only mlflow-artifacts:/… goes through the tracking server`);
  }
  // The server decodes a path until it stays the same, and refuses "#" and "..".
  if (/%[0-9a-f]{2}|[#\\]|(^|\/)\.\.?(\/|$)/i.test(relative) || relative.startsWith("/")) {
    throw refuse(
      "UNSAFE_ARTIFACT_PATH",
      `artifact path "${relative}": no "#", "\\", "%" with two digits, "." or ".." folder, or leading "/"`,
    );
  }
  return [...root.split("/"), ...relative.split("/")].filter(Boolean);
}

export function urlPath(under: string, parts: readonly string[]): string {
  return [under, ...parts.map(encodeURIComponent)].join("/");
}
