import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { describe, expect, test } from "vitest";
import { falconry } from "./program.ts";

/** Every command, groups of commands too, with the words that call it. */
function below(command: CommandUnknownOpts, words: string[] = []): [string, CommandUnknownOpts][] {
  return command.commands.flatMap((child) => {
    const called = [...words, child.name()];
    return [[called.join(" "), child] as [string, CommandUnknownOpts], ...below(child, called)];
  });
}

/** The whole help, with what was added after it. */
function helpOf(command: CommandUnknownOpts): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe.each(below(falconry as CommandUnknownOpts))("falconry %s --help", (words, command) => {
  test("ends with examples of that very command", () => {
    const [, examples = ""] = helpOf(command)
      .trimEnd()
      .split(/\nExamples?:\n/);
    expect(examples.split("\n").map((line) => line.trim())).toSatisfy((lines: string[]) =>
      lines.every((line) => line.startsWith(`falconry ${words}`)),
    );
  });

  test("names the options that every command has", () => {
    expect(helpOf(command)).toContain("--json");
    expect(helpOf(command)).toContain("--env <environment>");
  });
});

test("falconry --help ends with an example", () => {
  expect(
    helpOf(falconry as CommandUnknownOpts)
      .trimEnd()
      .split("\n")
      .at(-2),
  ).toBe("Example:");
});
