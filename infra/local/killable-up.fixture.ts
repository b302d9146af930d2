import { up } from "./up.ts";

// killable-up.fixture.ts FOLDER: an `up` in a process of its own, which a test can kill; progress goes to stdout.
await up({ folder: process.argv[2] ?? "", progress: (line) => process.stdout.write(`${line}\n`) });
