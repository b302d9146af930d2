import { parseArgs } from "node:util";
import { tell } from "./tell.ts";

const help = `scripts/drill: the whole loop on this machine, step by step

  --json   one JSON document on stdout: {"steps":[{"name","seconds","ok",…}],"champion":…,"seconds":…}
  --keep   leave the region up afterwards, to look around
  --help   this text

Example:
  scripts/drill --keep
`;

const { values } = options();
if (values.help) {
  process.stdout.write(help);
} else {
  const ok = await tell({ json: values.json, keep: values.keep });
  process.exitCode = ok ? 0 : 1;
}

function options() {
  const boolean = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ options: { json: boolean, keep: boolean, help: boolean } });
  } catch (error) {
    process.stderr.write(`scripts/drill: ${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}
