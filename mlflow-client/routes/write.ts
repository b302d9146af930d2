// Writes the table of the server's routes into the README: write.ts [PYTHON, which has MLflow's server]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { routeTable, serverRoutes, withTable } from "./table.ts";

const readme = join(import.meta.dirname, "..", "README.md");
const python = process.argv[2] ?? join(import.meta.dirname, "../../.venv/bin/python");
writeFileSync(readme, withTable(readFileSync(readme, "utf8"), routeTable(serverRoutes(python))));
