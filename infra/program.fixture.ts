import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { parse } from "yaml";
import { type DeclaredResource, declared } from "./components/declared.fixture.ts";

/** Pulumi's aws package is large; a machine that is busy takes its time over it. */
export const loadingTakesMilliseconds = 60_000;

let program: Promise<DeclaredResource[]> | undefined;

/** The whole program as the stack `dev` declares it; once in a process, for a second import of it registers nothing. */
export function declaredByTheProgram(): Promise<DeclaredResource[]> {
  program ??= declare();
  return program;
}

async function declare(): Promise<DeclaredResource[]> {
  const { config } = parse(await readFile(join(checkoutFolder, "Pulumi.dev.yaml"), "utf8"));
  return declared(() => import("./index.ts"), config);
}
