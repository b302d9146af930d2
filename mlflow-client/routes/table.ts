import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { covered } from "./covered.ts";
import { leftOut } from "./left-out.ts";

/** The routes of an installed MLflow server, as `GET /api/2.0/mlflow/runs/get`. */
export function serverRoutes(python: string): string[] {
  const printed = execFileSync(python, [join(import.meta.dirname, "routes.py")], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const routes: [string, string][] = JSON.parse(printed);
  return routes.map(([method, path]) => `${method} ${path.replaceAll(/<(?:\w+:)?(\w+)>/g, "{$1}")}`);
}

/** What the README says of the server's routes. @throws RangeError for a route that is neither covered nor left out for a reason */
export function routeTable(routes: readonly string[]): string {
  const methodOf = new Map(covered.map(({ route, method }) => [route, method]));
  const rest = routes.filter((route) => !methodOf.has(route));
  const reasonOf = (route: string) => leftOut.find((group) => group.routes.test(route));
  const unexplained = rest.filter((route) => reasonOf(route) === undefined);
  if (unexplained.length > 0) throw new RangeError(`neither covered nor left out for a reason: ${unexplained.join(", ")}`);
  const groups = leftOut.map((group) => ({ ...group, count: rest.filter((route) => reasonOf(route) === group).length }));
  return [
    "| route | client |",
    "| --- | --- |",
    ...routes.flatMap((route) => (methodOf.has(route) ? [`| \`${shortened(route)}\` | \`${methodOf.get(route)}\` |`] : [])),
    "",
    `Left out, ${rest.length} of ${routes.length} routes:`,
    "",
    "| what | routes | why |",
    "| --- | --- | --- |",
    ...groups.map(({ what, count, why }) => `| ${what} | ${count} | ${why} |`),
  ].join("\n");
}

const opening = "<!-- routes: npm run routes -w mlflow-client -->\n";
const closing = "\n<!-- end of routes -->";

export function tableIn(readme: string): string {
  return readme.slice(readme.indexOf(opening) + opening.length, readme.indexOf(closing));
}

export function withTable(readme: string, table: string): string {
  return readme.slice(0, readme.indexOf(opening) + opening.length) + table + readme.slice(readme.indexOf(closing));
}

function shortened(route: string): string {
  return route.replace("/api/", "");
}
